import Foundation

/// What no input may take.
enum Limits {
  /// Processor time, in ns: others may use the processor too.
  static let time = 1_000_000_000
  /// Memory beyond the file's size, in bytes.
  static let memory = 64 << 20

  /// The most memory that this process has had, in bytes.
  static var mostMemory: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  /// Refuses this process more than `byteCount` bytes beyond what it has; what is only asked for, and
  /// never touched, counts too.
  static func hold(_ byteCount: Int) {
    let status = FileManager.default.contents(atPath: "/proc/self/status").map {
      String(decoding: $0, as: UTF8.self)
    }
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmData:") }
    guard
      let now = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    else { return }
    let most = UInt(now * 1024 + byteCount)
    var limit = rlimit(rlim_cur: most, rlim_max: most)
    setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
  }
}
