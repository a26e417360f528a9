/// The hash FNV-1a (Fowler, Noll and Vo) of 64 bits: the same on every machine and in every process.
public struct FNV1a {
  /// The hash of what was added so far.
  public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The hash of nothing.
  public init() {}

  /// The hash of a text's UTF-8.
  public init(_ text: String) {
    for byte in text.utf8 { add(UInt64(byte)) }
  }

  /// Adds a byte, or what else stands for a part.
  public mutating func add(_ part: UInt64) { value = (value ^ part) &* 0x100_0000_01b3 }
}
