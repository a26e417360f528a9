import Glibc
import Planning

/// Clocks of this machine, and repeated measuring by them.
enum Stopwatch {
  /// Seconds of a clock that all processes of a node share.
  static var now: Double { seconds(CLOCK_MONOTONIC) }
  /// Processor time of all threads of this process so far.
  static var processor: Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }
  /// Processor time of this thread.
  static var ownProcessor: Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// How often something is done before it is measured, at least while it is, and for how long.
  static let (warmUps, leastSteps, mostSteps, leastSeconds) = (2, 5, 200, 0.3)

  /// Calls `step` until it has been measured often and long enough.
  static func repeating(_ step: () throws -> Void) rethrows {
    let began = now
    var steps = 0
    while steps < leastSteps || (steps < mostSteps && now - began < leastSeconds) {
      try step()
      steps += 1
    }
  }

  /// How long `body` takes.
  static func measure(_ body: () throws -> Void) rethrows -> Measurement {
    for _ in 0..<warmUps { try body() }
    var times: [Double] = []
    try repeating {
      let began = now
      try body()
      times.append(now - began)
    }
    return Measurement(times)
  }
}
