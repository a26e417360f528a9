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

  /// Reads the file at `path`; `observing` sees every byte in order, such as a digest does.
  ///
  /// The header is checked against the file's size before its data is read.
  public init(
    path: String, observing: (RawSpan) -> Void = { _ in }
  ) throws {
    let file = try ReadableFile(path) { Self.error(path, $0) }
    try file.checkMemory()
    let size = file.byteCount
    func take(_ count: Int) throws -> [UInt8] {
      let bytes = try file.take(count)
      observing(bytes.span.bytes)
      return bytes
    }
    let prefix = try take(min(8, size))
    let length = try SafeTensorsHeader.length(prefix, fileSize: size, place: path)
    let header = try SafeTensorsHeader(try take(length), dataCount: size - 8 - length, place: path)
    self.init(header, data: try take(size - 8 - length), place: path)
  }

  /// Reads the `bytes` of a file that messages call `place`.
  public init(_ bytes: [UInt8], place: String) throws {
    let length = try SafeTensorsHeader.length(
      Array(bytes.prefix(8)), fileSize: bytes.count, place: place)
    let header = try SafeTensorsHeader(
      Array(bytes[8..<8 + length]), dataCount: bytes.count - 8 - length, place: place)
    self.init(header, data: Array(bytes[(8 + length)...]), place: place)
  }

  private init(_ header: SafeTensorsHeader, data: [UInt8], place: String) {
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
    switch problem {
    case .unopened(let code): .system(path, "cannot be opened", code)
    case .unexamined(let code): .system(path, "cannot be examined", code)
    case .folder, .special:
      FileError(path, "is a folder or a device, expected a safetensors file")
    case .tooLarge(let byteCount, let memory):
      FileError(path, "has \(byteCount) bytes, but this machine has \(memory) of memory")
    case .unread(let code): .system(path, "cannot be read", code)
    case .shrunk: FileError(path, "became shorter while it was read")
    }
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
        place, "tensor \(quoted(name)) has the shape [\(tensor.shape)], expected [\(shape)]")
    }
    return tensor
  }

  private func suggestion(for name: String) -> String {
    if tensors.isEmpty { return ": it holds no tensors at all" }
    let nearest = nearestNames(to: name, in: tensors.map(\.name), count: 3).map { name in
      self[name].map { "\(quoted(name)) [\($0.shape)]" } ?? quoted(name)
    }
    return "; the nearest of its \(tensors.count) names: \(nearest.joined(separator: ", "))"
  }
}
