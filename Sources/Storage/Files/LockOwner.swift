import Glibc

/// The process that has a lock, as its file says.
struct LockOwner: Equatable, CustomStringConvertible {
  /// The name of its host.
  let host: String
  /// Its number there.
  let process: Int32
  /// When it was started, in ticks since the host was, and what tells this start of the host from others:
  /// numbers of processes are used again.
  let start, boot: String

  /// This process.
  static let here = LockOwner(
    host: hostName, process: getpid(), start: start(of: getpid()) ?? "?", boot: bootID)

  /// What the file says: four words, a line each.
  var text: String { "host \(host)\nprocess \(process)\nstart \(start)\nboot \(boot)\n" }

  /// The owner that a file's text names; nil: none.
  init?(_ text: String) {
    var words: [Substring: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      if parts.count == 2 { words[parts[0]] = String(parts[1]) }
    }
    guard let host = words["host"], let process = words["process"].flatMap({ Int32($0) }),
      process > 0, let start = words["start"], let boot = words["boot"]
    else { return nil }
    self.init(host: host, process: process, start: start, boot: boot)
  }

  private init(host: String, process: Int32, start: String, boot: String) {
    (self.host, self.process, self.start, self.boot) = (host, process, start, boot)
  }

  /// Process and host, for people.
  var description: String { "process \(process) on host \(host.legible())" }

  /// Whether it is of this host, so that this host knows what became of it.
  var isHere: Bool { host == Self.here.host }

  /// Whether it has certainly ended.
  var isGone: Bool {
    isHere && (boot != Self.here.boot || Self.start(of: process) != start)
  }

  /// The start time in `/proc/PID/stat`; nil: there is no such process.
  static func start(of process: Int32) -> String? {
    // The name, which may hold anything, is between brackets; the start is the 20th word after it.
    let text = contents(of: "/proc/\(process)/stat")
    guard let end = text?.lastIndex(of: ")") else { return nil }
    let words = text?[end...].split(separator: " ") ?? []
    guard words.count > 20 else { return nil }
    // What has ended and is only still listed holds no file.
    return words[1] == "Z" || words[1] == "X" ? nil : String(words[20])
  }

  private static var bootID: String {
    contents(of: "/proc/sys/kernel/random/boot_id")?.split(separator: "\n").first.map(String.init)
      ?? "?"
  }

  private static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "?" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static func contents(of path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
