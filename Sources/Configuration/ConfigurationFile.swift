import Glibc

/// The text of a configuration file, or the sentence that says why there is none.
struct ConfigurationFile {
  let text: String

  /// Reads the file at `path`, which may be anything: missing, a folder, a pipe, a video.
  init(path: String) throws {
    func refuse(_ problem: String) -> ConfigurationError {
      ConfigurationError(file: path.isEmpty ? "''" : path.legible(), problem: problem)
    }
    // A pipe without a writer would keep a blocking open waiting for ever.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      if code == ENOENT { try checkCurrentFolder() }
      throw refuse(Self.problem(errno: code))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw refuse(Self.problem(errno: errno)) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw refuse("found a folder, expected a YAML file; name a file in it")
    default: throw refuse("found a pipe or a device, expected a YAML file; save it to a file first")
    }
    let bytes = try Self.read(descriptor, refuse)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigurationError(
        file: path.legible(), line: Self.lineOfInvalidText(bytes),
        problem: "found bytes that are not UTF-8, expected UTF-8 text; save the file as UTF-8")
    }
    self.text = text
  }

  private static func read(
    _ descriptor: Int32, _ refuse: (String) -> ConfigurationError
  ) throws -> [UInt8] {
    // The size that the file claims may change while it is read; what is read is what counts.
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw refuse(problem(errno: errno)) }
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
      let limit = ReadingLimits(for: bytes).byteCount
      guard bytes.count <= limit else {
        throw refuse(
          "found a file of more than \(limit >> 20) MiB, expected a configuration of a few "
            + "kilobytes; check that this is the right file")
      }
    }
  }

  /// What a failed system call means to a person.
  static func problem(errno code: Int32) -> String {
    switch code {
    case ENOENT, ENOTDIR:
      "found no such file, expected a YAML file; check the path"
    case EACCES, EPERM:
      "found a file that may not be read, expected a YAML file; give yourself permission (chmod)"
    default:
      "found a file that cannot be read (\(String(cString: strerror(code)))), expected a YAML "
        + "file; check the path and the disk"
    }
  }

  /// The first line that is not UTF-8, from 1.
  private static func lineOfInvalidText(_ bytes: [UInt8]) -> Int? {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }.map { $0 + 1 }
  }
}
