import Storage

/// An IDX file of unsigned bytes, as MNIST has them: raw, or gzip (told by the first bytes).
///
/// Big-endian: 2049 (labels) or 2051 (images), then the length of each axis, then the values.
public struct IDXFile: Sendable {
  /// What a file holds.
  public enum Kind: UInt32, Sendable, CaseIterable {
    /// IDX1: `[samples]`.
    case labels = 2049
    /// IDX3: `[images, height, width]`.
    case images = 2051

    /// The number of axes.
    var rank: Int { self == .labels ? 1 : 3 }
    /// The bytes before the values.
    var headerCount: Int { 4 + 4 * rank }
  }

  /// The length of each axis, none 0.
  public let dimensions: [Int]
  /// The file.
  public let path: String

  private let bytes: [UInt8]
  private let dataOffset: Int

  /// Reads a file of the given kind.
  public init(path: String, _ kind: Kind) throws {
    try self.init(bytes: InputFile.read(path), kind, place: path)
  }

  /// Reads a file in memory; errors name `place`.
  public init(bytes: [UInt8], _ kind: Kind, place: String) throws {
    let isCompressed = bytes.starts(with: Inflation.gzipMagic)
    var header = bytes.prefix(kind.headerCount)
    if isCompressed {
      header = try Inflation(bytes[...], .gzip, limit: kind.headerCount, place: place).bytes[...]
    }
    dimensions = try IDXFile.dimensions(header, kind, place: place)
    guard let valueCount = elementCount(dimensions), valueCount <= Int.max >> 1 else {
      throw FileError(place, "declares \(IDXFile.text(dimensions)) bytes, which no file can hold")
    }
    let expected = kind.headerCount + valueCount
    let content = isCompressed ? try IDXFile.inflate(bytes, to: expected, place: place) : bytes
    guard content.count == expected else {
      throw FileError(
        place,
        "declares \(IDXFile.text(dimensions)) values, \(counted(valueCount, "byte")), but"
          + " \(counted(content.count - kind.headerCount, "byte")) follow the header")
    }
    path = place
    dataOffset = kind.headerCount
    self.bytes = content
  }

  /// Value `index`, counted over all axes.
  public subscript(index: Int) -> UInt8 { bytes[dataOffset + index] }

  /// Writes the values `range`, divided by 255, to `destination`, which has as many.
  public func copy(_ range: Range<Int>, into destination: inout MutableSpan<Float>) {
    precondition(range.count == destination.count, "\(range.count) of \(destination.count) values")
    let start = dataOffset + range.lowerBound
    let values = bytes.span.extracting(start..<start + range.count)
    for place in values.indices { destination[place] = Float(values[place]) / 255 }
  }

  private static func dimensions(
    _ header: ArraySlice<UInt8>, _ kind: Kind, place: String
  ) throws -> [Int] {
    var reader = ByteReader(header, place: place)
    let magic = try reader.big(UInt32.self, "IDX header")
    guard magic == kind.rawValue else {
      let found = Kind(rawValue: magic).map { ", the number of \($0)" } ?? ""
      throw FileError(
        place, "begins with \(magic)\(found), expected \(kind.rawValue) for IDX \(kind)")
    }
    let lengths = try (0..<kind.rank).map { _ in Int(try reader.big(UInt32.self, "IDX header")) }
    guard !lengths.contains(0) else {
      throw FileError(place, "declares \(text(lengths)) values, so there is nothing in it")
    }
    return lengths
  }

  private static func inflate(_ bytes: [UInt8], to expected: Int, place: String) throws -> [UInt8] {
    guard Inflation.isPossible(expected, from: bytes.count) else {
      throw FileError(
        place, "declares \(expected) bytes, more than \(bytes.count) can be inflated to")
    }
    let result = try Inflation(bytes[...], .gzip, limit: expected + 1, place: place)
    guard result.bytes.count <= expected else {
      throw FileError(place, "inflates to more than the \(expected) bytes its header declares")
    }
    guard result.isComplete else {
      throw FileError(place, "is truncated: the gzip data ends early")
    }
    guard result.consumed == bytes.count else {
      let rest = counted(bytes.count - result.consumed, "byte")
      throw FileError(place, "has \(rest) after the gzip data")
    }
    return result.bytes
  }

  private static func text(_ dimensions: [Int]) -> String {
    dimensions.map(String.init).joined(separator: " x ")
  }
}
