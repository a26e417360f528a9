import Glibc
import Storage

/// The text of a configuration file, or the sentence that says why there is none.
struct ConfigurationFile {
  let text: String

  /// Reads the file at `path`, which may be anything: missing, a folder, a pipe, a video.
  init(path: String) throws {
    let bytes = try Self.bytes(path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigurationError(
        file: path.legible(), line: lineOfInvalidText(in: bytes),
        problem: "found bytes that are not UTF-8, expected UTF-8 text; save the file as UTF-8")
    }
    self.text = text
  }

  private static func bytes(_ path: String) throws -> [UInt8] {
    func refuse(_ problem: String) -> ConfigurationError {
      ConfigurationError(file: path.isEmpty ? "''" : path.legible(), problem: problem)
    }
    let file = try ReadableFile(path) { problem in
      if case .unopened(ENOENT) = problem {
        do { try checkCurrentFolder() } catch { return error }
      }
      return refuse(Self.words(problem))
    }
    // The size that the file claims may change while it is read; what is read is what counts.
    var bytes: [UInt8] = []
    while case let piece = try file.next(1 << 16), !piece.isEmpty {
      bytes += piece
      let limit = ReadingLimits(for: bytes).byteCount
      guard bytes.count <= limit else {
        throw refuse(
          "found a file of more than \(limit >> 20) MiB, expected a configuration of a few "
            + "kilobytes; check that this is the right file")
      }
    }
    return bytes
  }

  /// What is in the way of a file, as people understand it.
  static func words(_ problem: ReadingProblem) -> String {
    switch problem {
    case .folder: "found a folder, expected a YAML file; name a file in it"
    case .special: "found a pipe or a device, expected a YAML file; save it to a file first"
    case .unopened(ENOENT), .unopened(ENOTDIR):
      "found no such file, expected a YAML file; check the path"
    case .unopened(EACCES), .unopened(EPERM):
      "found a file that may not be read, expected a YAML file; give yourself permission (chmod)"
    case .unopened(let code), .unexamined(let code), .unread(let code):
      "found a file that cannot be read (\(FileError.reason(code))), expected a YAML file; check the "
        + "path and the disk"
    case .tooLarge, .shrunk: preconditionFailure("a configuration is read whatever its size")
    }
  }
}
