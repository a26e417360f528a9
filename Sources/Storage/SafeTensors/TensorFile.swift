import Glibc
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
    path: String, observing: (UnsafeRawBufferPointer) -> Void = { _ in }
  ) throws {
    let file = try FileDescriptor(
      // Without O_NONBLOCK, opening a pipe would wait for a writer.
      opening: path, as: path, "cannot be opened", flags: O_RDONLY | O_NONBLOCK)
    var status = stat()
    guard fstat(file.raw, &status) == 0 else {
      throw StorageError.system(path, "cannot be examined", errno)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw StorageError(path, "is a folder or a device, expected a safetensors file")
    }
    let size = Int(status.st_size)
    let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    guard size <= memory else {
      throw StorageError(path, "has \(size) bytes, but this machine has \(memory) of memory")
    }
    func take(_ count: Int) throws -> [UInt8] {
      let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        filled = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      guard bytes.count == count else {
        throw StorageError(path, "became shorter while it was read")
      }
      bytes.withUnsafeBytes(observing)
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

  /// The tensor of that name, if the file has it.
  public subscript(name: String) -> StoredTensor? {
    index[name].map { tensors[$0] }
  }

  /// The tensor of that name and, where one is given, that shape; else a sentence that says what is
  /// there instead.
  public func tensor(named name: String, shape: Shape? = nil) throws -> StoredTensor {
    guard let tensor = self[name] else {
      let expected = shape.map { " [\($0)]" } ?? ""
      throw StorageError(place, "has no tensor \(quoted(name))\(expected)\(suggestion(for: name))")
    }
    if let shape, tensor.shape != shape {
      throw StorageError(
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
