import Storage
import Tensors

/// Reads numbers out of bytes from outside, never past their end.
struct ByteReader {
  let bytes: ArraySlice<UInt8>
  /// Named by errors.
  let place: String
  /// Counted from the first byte.
  private(set) var offset: Int

  init(_ bytes: ArraySlice<UInt8>, place: String, offset: Int = 0) {
    self.bytes = bytes
    self.place = place
    self.offset = offset
  }

  /// The bytes that are left.
  var remaining: Int { bytes.count - offset }

  /// The next `count` bytes.
  mutating func take(_ count: Int, _ what: String) throws -> ArraySlice<UInt8> {
    guard offset >= 0, count >= 0, count <= remaining else {
      throw FileError(place, "is truncated: it ends within the \(what)")
    }
    let start = bytes.startIndex + offset
    offset += count
    return bytes[start..<(start + count)]
  }

  /// A number of so many bytes.
  typealias Word = FixedWidthInteger & BitwiseCopyable

  /// The next little-endian number.
  mutating func little<T: Word>(_ type: T.Type, _ what: String) throws -> T {
    T(littleEndian: try load(type, what))
  }

  /// The next big-endian number.
  mutating func big<T: Word>(_ type: T.Type, _ what: String) throws -> T {
    T(bigEndian: try load(type, what))
  }

  private mutating func load<T: Word>(_ type: T.Type, _ what: String) throws -> T {
    let bytes = try take(MemoryLayout<T>.size, what)
    return bytes.span.bytes.unsafeLoadUnaligned(as: type)
  }
}

/// The product of lengths from outside, or nil where it overflows even without the empty axes.
func elementCount(_ lengths: [Int]) -> Int? {
  guard lengths.allSatisfy({ $0 >= 0 }), let product = lengths.filter({ $0 > 0 }).product()
  else { return nil }
  return lengths.contains(0) ? 0 : product
}
