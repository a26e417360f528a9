import Storage
import Tensors

/// The array of a `.npy` file, or of one entry of a `.npz` file, of any shape.
///
/// The file's bytes are kept as they are, once (brought into C order where they are in Fortran's);
/// values are converted when they are asked for.
public struct NPYArray: Sendable {
  /// The length of each axis, outermost first; empty for a single value.
  public let shape: [Int]
  /// The type of the values in the file.
  public let type: NPYType
  /// The file, with `:name` for an entry of a `.npz` file.
  public let place: String
  /// The number of values.
  public let count: Int

  private let bytes: [UInt8]
  private let dataOffset: Int

  /// The array of a `.npy` file.
  public init(path: String, for purpose: NPYPurpose = .numbers) throws {
    try self.init(bytes: InputFile.read(path), place: path, for: purpose)
  }

  /// The array in the bytes of a `.npy` file, or in a `range` of them; errors name `place`.
  public init(
    bytes: [UInt8], range: Range<Int>? = nil, place: String, for purpose: NPYPurpose = .numbers
  ) throws {
    let range = range ?? bytes.indices
    let header = try NPYHeader(bytes[range], place: place, for: purpose)
    shape = header.shape
    type = header.type
    count = (range.count - header.dataOffset) / header.type.byteCount
    self.place = place
    let start = range.lowerBound + header.dataOffset
    if header.isFortran {
      try MachineMemory.check(2 * range.count, for: place)
      self.bytes = FortranOrder.rearranged(
        bytes[start..<range.upperBound], shape: shape, elementByteCount: type.byteCount)
      dataOffset = 0
    } else {
      self.bytes = bytes
      dataOffset = start
    }
  }

  /// Some rows of an array whose file is not held: `bytes` are theirs, in C order.
  init(rows bytes: [UInt8], of type: NPYType, shape: [Int], place: String) {
    precondition(bytes.count == shape.reduce(type.byteCount, *))
    (self.shape, self.type, self.place) = (shape, type, place)
    (self.bytes, dataOffset) = (bytes, 0)
    count = shape.reduce(1, *)
  }

  /// All values as float32. Throws where a finite float64 value is too large for float32.
  public func floats() throws -> [Float] {
    let values = numbers(0..<count, of: Float.self)
    if type.kind == .float, type.byteCount == 8, let bad = values.firstIndex(where: \.isInfinite) {
      let value = numbers(bad..<(bad + 1), of: Double.self)[0]
      guard value.isInfinite else {
        throw FileError(place, "value \(bad) is \(value), which is too large for float32")
      }
    }
    return values
  }

  /// All values as float64; integers beyond 2^53 are rounded.
  public func doubles() throws -> [Double] {
    numbers(0..<count, of: Double.self)
  }

  /// All values of a text array. Throws where the bytes of one are no text.
  public func texts() throws -> [String] {
    precondition(type.kind.isText, "\(type) is no text")
    return try (0..<count).map { index in
      let start = dataOffset + index * type.byteCount
      guard let text = type.text(bytes[start..<(start + type.byteCount)]) else {
        throw FileError(place, "value \(index) is no text: its bytes are not Unicode")
      }
      return text
    }
  }

  /// All values as integers. Throws where a value is not a whole number or too large.
  public func integers() throws -> [Int] {
    if type.kind == .float {
      return try numbers(0..<count, of: Double.self).enumerated().map { index, value in
        guard let whole = Int(exactly: value) else {
          throw FileError(place, "value \(index) is \(value), expected an integer")
        }
        return whole
      }
    }
    let values = numbers(0..<count, of: Int.self)
    if type.kind == .unsigned, type.byteCount == 8, let bad = values.firstIndex(where: { $0 < 0 }) {
      throw FileError(
        place, "value \(bad) is \(UInt(bitPattern: values[bad])), which is too large")
    }
    return values
  }

  /// Writes the values `range` as float32 to `destination`, which has as many; too large values
  /// become infinite.
  public func copy(_ range: Range<Int>, into destination: inout MutableSpan<Float>) {
    convert(range, into: &destination)
  }

  private func numbers<Value: NPYNumber>(_ range: Range<Int>, of type: Value.Type) -> [Value] {
    var values = [Value](repeating: Value(Int64(0)), count: range.count)
    var room = values.mutableSpan
    convert(range, into: &room)
    return values
  }

  private func convert<Value: NPYNumber>(
    _ range: Range<Int>, into destination: inout MutableSpan<Value>
  ) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) of \(count) values")
    precondition(range.count == destination.count, "\(range.count) of \(destination.count) values")
    let width = type.byteCount
    let start = dataOffset + range.lowerBound * width
    let values = bytes.span.bytes.extracting(start..<start + range.count * width)
    func each<Bits: FixedWidthInteger & BitwiseCopyable>(_: Bits.Type, _ value: (Bits) -> Value) {
      for place in destination.indices {
        let raw = values.unsafeLoadUnaligned(
          fromUncheckedByteOffset: place * MemoryLayout<Bits>.size, as: Bits.self)
        destination[place] = value(type.isBigEndian ? raw.byteSwapped : raw)
      }
    }
    switch (type.kind, type.byteCount) {
    case (.float, 2): each(UInt16.self) { Value(Double(Float16(bitPattern: $0))) }
    case (.float, 4): each(UInt32.self) { Value(Float(bitPattern: $0)) }
    case (.float, _): each(UInt64.self) { Value(Double(bitPattern: $0)) }
    case (.signed, 1): each(Int8.self) { Value(Int64($0)) }
    case (.signed, 2): each(Int16.self) { Value(Int64($0)) }
    case (.signed, 4): each(Int32.self) { Value(Int64($0)) }
    case (.signed, _): each(Int64.self) { Value($0) }
    case (.unsigned, 1): each(UInt8.self) { Value(Int64($0)) }
    case (.unsigned, 2): each(UInt16.self) { Value(Int64($0)) }
    case (.unsigned, 4): each(UInt32.self) { Value(Int64($0)) }
    case (.unsigned, _): each(UInt64.self) { Value(npy: $0) }
    case (.boolean, _): each(UInt8.self) { Value(Int64($0 == 0 ? 0 : 1)) }
    case (.text, _), (.bytes, _): preconditionFailure("\(type) is no number")
    }
  }
}

extension NPYArray {
  /// The array at `location`: a `.npy` file, or `file.npz:name`; relative to `root`.
  public static func open(
    _ location: String, root: String, for purpose: NPYPurpose = .numbers
  ) throws -> NPYArray {
    let path = InputFile.resolve(location, root: root)
    if path.hasSuffix(".npz") {
      let names = try NPZFile(path: path).names
      throw FileError(
        path, "name one of its arrays, as in file.npz:name; it holds \(quoted(names))")
    }
    let parts = path.split(separator: ".npz:", maxSplits: 1)
    guard parts.count == 2 else { return try NPYArray(path: path, for: purpose) }
    return try NPZFile(path: parts[0] + ".npz").array(String(parts[1]), for: purpose)
  }
}

/// What the values of an array are converted to.
private protocol NPYNumber {
  init(_ value: Double)
  init(_ value: Float)
  init(_ value: Int64)
  init(npy value: UInt64)
}

extension Float: NPYNumber {
  fileprivate init(npy value: UInt64) { self.init(value) }
}

extension Double: NPYNumber {
  fileprivate init(npy value: UInt64) { self.init(value) }
}

extension Int: NPYNumber {
  // Values from 2^63 become negative, which `integers` looks for.
  fileprivate init(npy value: UInt64) { self.init(truncatingIfNeeded: value) }
}
