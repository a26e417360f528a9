import Glibc
import Runs

/// How much of the processors others take: what the processors did, less what this process and the jobs that it
/// has waited for did.
///
/// /proc/stat counts in ticks of 10 ms, so that a short time is known to some hundredths of a core only. It
/// knows nothing of other hosts.
public struct ProcessorClock: Sendable {
  /// The processors that this process may use, by number.
  let processors: Set<Int>

  /// The clock of the processors that this process may use.
  public init() {
    let status = Machine.text("/proc/self/status").split(separator: "\n")
    let list = status.first { $0.hasPrefix("Cpus_allowed_list:") }?.split(
      whereSeparator: \.isWhitespace)
    processors = Self.numbers(list?.last ?? "")
  }

  /// The numbers of a list as the system writes it: `0-3,8`.
  static func numbers(_ list: some StringProtocol) -> Set<Int> {
    list.split(separator: ",").reduce(into: []) { numbers, part in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first <= last else { return }
      numbers.formUnion(first...last)
    }
  }

  /// A clock of some processors; of none: of all.
  init(processors: Set<Int>) { self.processors = processors }

  /// A moment, as far as processors know it.
  struct Mark {
    let wall: ContinuousClock.Instant
    let busy: Double
    let own: Double
  }

  func mark() -> Mark {
    Mark(
      wall: .now, busy: busySeconds(Machine.text("/proc/stat")),
      own: Self.ownSeconds(RUSAGE_SELF) + Self.ownSeconds(RUSAGE_CHILDREN))
  }

  /// The cores' worth of time that others took since `mark`. Call it when all jobs of that time are over.
  func foreign(since mark: Mark) -> Double {
    let now = self.mark()
    return Self.foreign(
      busy: now.busy - mark.busy, own: now.own - mark.own,
      seconds: (now.wall - mark.wall) / .seconds(1))
  }

  /// What is left of busy seconds, in cores. What is measured in two ways may differ by a little.
  static func foreign(busy: Double, own: Double, seconds: Double) -> Double {
    seconds > 0 ? max(0, busy - own) / seconds : 0
  }

  /// The seconds for which the processors were busy, from the text of /proc/stat: for users and the system, for
  /// interrupts, and for other machines on the same hardware.
  func busySeconds(_ text: String) -> Double {
    let ticks = text.split(separator: "\n").reduce(0) { sum, line in
      let words = line.split(separator: " ")
      guard words[0].hasPrefix("cpu"), let number = Int(words[0].dropFirst(3)),
        processors.isEmpty || processors.contains(number)
      else { return sum }
      // user nice system idle iowait irq softirq steal; what guests take is in user.
      let numbers = words.dropFirst().prefix(8).map { Int($0) ?? 0 }
      return sum
        + numbers.enumerated().reduce(0) { [3, 4].contains($1.offset) ? $0 : $0 + $1.element }
    }
    return Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private static func ownSeconds(_ who: __rusage_who) -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(who.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }
}
