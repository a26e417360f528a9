import Tensors

/// A safetensors file that was read and checked whole: nothing of it is used before.
///
///     let file = try TensorFile(path: "encoder.safetensors")
///     let kernel = try file.tensor(named: "stem.weight", shape: [64, 1, 7, 7]).floats()
public struct TensorFile {
  /// The file as messages name it.
  public let place: String
  /// The strings of `__metadata__`.
  public let metadata: [String: String]
  /// The tensors in the order of their data.
  public let tensors: [StoredTensor]

  private let index: [String: Int]

  /// Reads the file at `path`; the header is checked against its size before its data is read.
  ///
  /// - Parameter note: told all bytes of the file, in their order.
  public init(path: String, noting note: (RawSpan) throws -> Void = { _ in }) throws {
    let file = try ReadableFile(path) { Self.error(path, $0) }
    try file.checkMemory()
    try self.init(byteCount: file.byteCount, place: path) {
      let bytes = try file.take($0)
      try note(bytes.span.bytes)
      return bytes
    }
  }

  /// The strings of `__metadata__` of the file at `path`, whose data is not read.
  public static func metadata(path: String) throws -> [String: String] {
    let file = try ReadableFile(path) { error(path, $0) }
    let length = try SafeTensorsHeader.length(
      file.take(min(8, file.byteCount)), fileSize: file.byteCount, place: path)
    return try SafeTensorsHeader(
      file.take(length), dataCount: file.byteCount - 8 - length, place: path
    ).metadata
  }

  /// Reads a file of `byteCount` bytes, the next of which `take` gives; messages call it `place`.
  init(byteCount: Int, place: String, take: (Int) throws -> [UInt8]) throws {
    let length = try SafeTensorsHeader.length(
      take(min(8, byteCount)), fileSize: byteCount, place: place)
    let dataCount = byteCount - 8 - length
    let header = try SafeTensorsHeader(take(length), dataCount: dataCount, place: place)
    let data = try take(dataCount)
    self.place = place
    metadata = header.metadata
    tensors = header.entries.map { entry in
      StoredTensor(
        name: entry.name, elementType: entry.type, shape: entry.shape, bytes: data[entry.range],
        place: place)
    }
    index = Dictionary(uniqueKeysWithValues: zip(tensors.map(\.name), tensors.indices))
  }

  private static func error(_ path: String, _ problem: ReadingProblem) -> FileError {
    if case .tooLarge(let byteCount, let memory) = problem {
      return FileError(path, "has \(byteCount) bytes, but this machine has \(memory) of memory")
    }
    return .reading(path, problem, other: "is a folder or a device, expected a safetensors file")
  }

  /// The tensor of that name, if the file has it.
  public subscript(name: String) -> StoredTensor? {
    index[name].map { tensors[$0] }
  }

  /// The tensor of that name and, where one is given, that shape; else a sentence that says what is
  /// there instead.
  public func tensor(named name: String, shape: Shape? = nil) throws -> StoredTensor {
    guard let tensor = self[name] else {
      let expected = shape.map { " [\($0)]" } ?? ""
      throw FileError(place, "has no tensor \(quoted(name))\(expected)\(suggestion(for: name))")
    }
    if let shape, tensor.shape != shape {
      throw FileError(
        place, "tensor \(quoted(name)) has the shape \(shown(tensor.shape)), expected [\(shape)]")
    }
    return tensor
  }

  private func suggestion(for name: String) -> String {
    if tensors.isEmpty { return ": it holds no tensors at all" }
    let nearest = nearestNames(to: name, in: tensors.map(\.name), count: 3).map { name in
      self[name].map { "\(quoted(name)) \(shown($0.shape))" } ?? quoted(name)
    }
    return "; the nearest of its \(tensors.count) names: \(nearest.joined(separator: ", "))"
  }
}

/// A file's shape as messages compare it with a network's, however long a broken file makes it.
private func shown(_ shape: Shape) -> String {
  guard shape.rank > 8 else { return "[\(shape)]" }
  return "[\(Shape(Array(shape.dimensions.prefix(8)))) x …]"
}
