import Glibc

/// This machine and this build, as far as they explain a time.
public enum Machine {
  /// Whether assertions are on, and the optimizer is off.
  public static var isDebugBuild: Bool {
    #if DEBUG
      true
    #else
      false
    #endif
  }

  /// The load of the last minute: above 0.5 before a benchmark, somebody else is at work.
  public static var load: String {
    var averages = [0.0, 0, 0]
    return getloadavg(&averages, 3) > 0 ? decimals(averages[0], 1) : "unknown"
  }

  /// The processor's name.
  public static var processor: String {
    guard let file = fopen("/proc/cpuinfo", "r") else { return "processor unknown" }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 1_024)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      guard text.hasPrefix("model name"), let colon = text.firstIndex(of: ":") else { continue }
      return text[colon...].dropFirst().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    return "processor unknown"
  }

  /// The largest resident memory that this process ever had, in MiB.
  public static var peakMiB: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1_024
  }

  /// The resident memory of this process now, in MiB.
  public static var residentMiB: Double {
    let fields = firstLine(of: "/proc/self/statm").split(separator: " ")
    return (fields.count > 1 ? Double(fields[1]) ?? 0 : 0) * Double(getpagesize()) / 1_048_576
  }

  /// The seconds since this process was started, to a hundredth.
  public static var age: Double {
    let text = firstLine(of: "/proc/self/stat")
    // The name of the program, which may have spaces, ends with a parenthesis; the third field is next.
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    guard fields.count > 20, let ticks = Double(fields[20]) else { return 0 }
    var clock = timespec()
    clock_gettime(CLOCK_BOOTTIME, &clock)
    return Double(clock.tv_sec) + Double(clock.tv_nsec) * 1e-9 - ticks
      / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// The first line of a file of the system's; empty if there is none.
  private static func firstLine(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 2_048)
    guard fgets(&line, Int32(line.count), file) != nil else { return "" }
    return String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Ends a program whose build says nothing about speed.
  public static func refuseDebugBuild(of program: String) {
    guard isDebugBuild else { return }
    complain("\(program): a debug build says nothing about speed; use ./launch bench")
    exit(64)
  }

  /// One line on the standard error.
  public static func complain(_ line: String) {
    let text = Array((line + "\n").utf8)
    _ = write(STDERR_FILENO, text, text.count)
  }
}
