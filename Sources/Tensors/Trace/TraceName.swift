import Glibc
import Synchronization

/// What a span of a trace is called. A literal costs nothing; a name that is put together is kept for
/// ever, once.
public struct TraceName: ExpressibleByStringLiteral, Sendable {
  /// Where the name's UTF-8 bytes are, for as long as the process lives.
  let address: UInt
  let byteCount: Int

  private static let kept = Mutex<[String: TraceName]>([:])

  /// A name that is written in code.
  public init(stringLiteral text: StaticString) {
    // A literal of one character has no bytes of its own.
    precondition(text.hasPointerRepresentation, "a name of at least two characters")
    address = UInt(bitPattern: text.utf8Start)
    byteCount = text.utf8CodeUnitCount
  }

  /// A name that is put together, such as that of a layer: to be made once, not with every span.
  public init(_ text: String) {
    self = Self.kept.withLock { kept in
      if let known = kept[text] { return known }
      let name = TraceName(keeping: Array(text.utf8))
      kept[text] = name
      return name
    }
  }

  private init(keeping bytes: [UInt8]) {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, bytes.count))
    _ = copy.initialize(from: bytes)
    address = UInt(bitPattern: copy.baseAddress)
    byteCount = bytes.count
  }

  init(address: UInt, byteCount: Int) {
    (self.address, self.byteCount) = (address, byteCount)
  }

  /// The name.
  var text: String {
    String(
      decoding: UnsafeBufferPointer(
        start: UnsafePointer<UInt8>(bitPattern: address), count: byteCount), as: UTF8.self)
  }
}
