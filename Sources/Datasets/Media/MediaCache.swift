import Glibc
import Storage
import Tensors

/// Decoded samples on the disk, for files that take long to decode: `data.cache`.
///
/// A sample is a file of its own, whole or not there, whose name is a digest of the media file's path,
/// size and time of change and of how it was decoded. What is in the way of reading it back, such as
/// damage, is a reason to decode again.
public struct MediaCache: Sendable {
  private static let magic = Array("antiphon-media1\n".utf8)

  /// The folder that the files are in.
  public let folder: String

  /// A cache in a folder, which is made when something is put there.
  public init(folder: String) { self.folder = folder }

  /// What `decode` gave for a file when it was last as it is now, or gives now.
  ///
  /// - Parameters:
  ///   - path: the media file.
  ///   - settings: all that the result depends on beside the file.
  ///   - suffix: how the file's name ends.
  func sample(
    of path: String, decodedBy settings: String, suffix: String,
    _ decode: () throws -> DecodedSample
  ) throws -> DecodedSample {
    let key = try Self.key(of: path, settings)
    let file = self.file(key, suffix)
    if let sample = try? Self.read(file, key) { return sample }
    let sample = try decode()
    try write(sample, key, to: file)
    return sample
  }

  private static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var digest = SHA256()
    digest.update(bytes)
    return digest.bytes
  }

  private func file(_ key: [UInt8], _ suffix: String) -> String {
    var digest = SHA256()
    digest.update(key)
    return "\(folder)/\(digest.hex.prefix(32)).\(suffix)"
  }

  private static func key(of path: String, _ settings: String) throws -> [UInt8] {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw FileError.system(path, "cannot be examined", errno)
    }
    let time = status.st_mtim
    let parts = [
      try path.absolutePath(), "\(status.st_size)", "\(time.tv_sec).\(time.tv_nsec)", settings,
    ]
    return Array(parts.joined(separator: "\0").utf8)
  }

  private func write(_ sample: DecodedSample, _ key: [UInt8], to file: String) throws {
    try makeFolder()
    let isFloats = if case .floats = sample.values { 1 } else { 0 }
    let axes = sample.shape.dimensions
    let head = Self.magic + ([key.count, isFloats, axes.count] + axes).flatMap(Self.bytes) + key
    try AtomicFile.write(to: file) { append in
      try append(head.span.bytes)
      try append(Self.digest(head).span.bytes)
      switch sample.values {
      case .bytes(let bytes): try append(bytes.span.bytes)
      case .floats(let floats): try append(floats.span.bytes)
      }
    }
  }

  /// Makes the folder and those above it.
  private func makeFolder() throws {
    var path = ""
    for step in folder.split(separator: "/", omittingEmptySubsequences: false) {
      path += step + "/"
      guard mkdir(path, 0o777) == 0 || errno == EEXIST || errno == EROFS || errno == EACCES else {
        throw FileError.system(folder, "cannot be made; data.cache says where it lies", errno)
      }
    }
  }

  private static func read(_ path: String, _ key: [UInt8]) throws -> DecodedSample? {
    let file = try ReadableFile(path) { _ in FileError(path, "cannot be read") }
    var head = try file.next(magic.count + 24)
    guard head.starts(with: magic), head.count == magic.count + 24 else { return nil }
    func number(_ place: Int) -> Int? {
      let bytes = head[magic.count + 8 * place..<magic.count + 8 * (place + 1)]
      return Int(exactly: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
    guard number(0) == key.count, let kind = number(1), let rank = number(2),
      (1...8).contains(rank)
    else { return nil }
    head += try file.next(8 * rank + key.count)
    guard head.count == magic.count + 8 * (3 + rank) + key.count,
      head.suffix(key.count) == key[...],
      try file.next(32) == digest(head)
    else { return nil }
    let axes = (0..<rank).compactMap { number(3 + $0) }
    guard let byteCount = elementCount(axes + [kind == 1 ? MemoryLayout<Float>.size : 1]),
      file.byteCount == head.count + 32 + byteCount
    else { return nil }
    let bytes = try file.take(byteCount)
    return DecodedSample(Shape(axes), kind == 1 ? .floats(floats(bytes)) : .bytes(bytes))
  }

  private static func floats(_ bytes: [UInt8]) -> [Float] {
    [Float](unsafeUninitializedCapacity: bytes.count / MemoryLayout<Float>.size) { floats, count in
      _ = UnsafeMutableRawBufferPointer(floats).initializeMemory(as: UInt8.self, from: bytes)
      count = floats.count
    }
  }

  private static func bytes(_ number: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}
