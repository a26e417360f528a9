import Foundation

/// A folder in memory for inputs and the files beside them, gone when it is not used any more.
final class WorkFolder: Sendable {
  let path: String

  init() throws {
    let base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NSTemporaryDirectory()
    path = "\(base)/antiphon-fuzz.\(getpid()).\(String(UInt32.random(in: 0 ... .max), radix: 16))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  /// The folder at `path`, which somebody else removes.
  init(at path: String) {
    self.path = path
    isOwn = false
  }

  private nonisolated(unsafe) var isOwn = true

  deinit { if isOwn { try? FileManager.default.removeItem(atPath: path) } }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
  }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
  }
}

/// A file whose content changes very often.
final class InputFile {
  private let descriptor: Int32

  init(_ path: String) throws {
    descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Misbehaviour("\(path) cannot be made") }
  }

  deinit { close(descriptor) }

  func replace(with bytes: [UInt8]) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done, done)
      }
      guard count > 0 else { fatalError("the input cannot be written: \(errno)") }
      done += count
    }
    ftruncate(descriptor, bytes.count)
  }
}

/// The files of this repository that are seeds.
enum Repository {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  static func path(_ name: String) -> String { "\(root)/\(name)" }

  /// The files of a folder; none where there is no such folder.
  static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path(folder))) ?? []).sorted()
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  /// The files of a folder that are not too long.
  static func files(in folder: String, ending: String, atMost longest: Int) throws -> [[UInt8]] {
    try names(in: folder).filter { $0.hasSuffix(ending) }.map { try bytes("\(folder)/\($0)") }
      .filter { $0.count <= longest }
  }
}
