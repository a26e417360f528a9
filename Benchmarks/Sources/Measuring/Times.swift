import Glibc

/// Times of the same thing, in seconds.
public struct Times: Sendable {
  private let sorted: [Double]

  /// One time or more, in any order.
  public init(_ times: [Double]) {
    precondition(!times.isEmpty)
    sorted = times.sorted()
  }

  /// The middle time.
  public var median: Double { quantile(0.5) }
  /// The least time: what other work on the machine disturbed least.
  public var fastest: Double { quantile(0) }

  /// The time that this part of all does not exceed.
  public func quantile(_ part: Double) -> Double {
    sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))]
  }

  /// Median and the range of nine in ten, in milliseconds.
  public var milliseconds: String { text(scale: 1e3, digits: 2, unit: "ms") }
  /// The same in microseconds.
  public var microseconds: String { text(scale: 1e6, digits: 1, unit: "us") }

  private func text(scale: Double, digits: Int, unit: String) -> String {
    let (low, high) = (quantile(0.05) * scale, quantile(0.95) * scale)
    return "\(decimals(median * scale, digits)) \(unit)"
      + " (\(decimals(low, digits))-\(decimals(high, digits)))"
  }
}

/// Now, in seconds; the same clock for all processes of a node.
public func now() -> Double { seconds(of: CLOCK_MONOTONIC) }

/// The processor time of all threads of this process so far, in seconds.
public func processorTime() -> Double { seconds(of: CLOCK_PROCESS_CPUTIME_ID) }

private func seconds(of clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Leaves the core to others for so long.
public func rest(seconds: Double) {
  guard seconds > 0 else { return }
  let end = now() + seconds
  var time = timespec(tv_sec: Int(end), tv_nsec: Int((end - end.rounded(.down)) * 1e9))
  while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
}
