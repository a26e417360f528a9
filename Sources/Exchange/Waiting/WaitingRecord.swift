import Glibc

/// What waiting for others cost a rank: time that passed, and time its core was busy meanwhile.
public struct WaitingRecord: Sendable, Equatable, BitwiseCopyable {
  /// Seconds spent waiting.
  public private(set) var seconds = 0.0
  /// Seconds of processor time used while waiting.
  public private(set) var processorSeconds = 0.0

  /// Nothing waited for yet.
  public init() {}

  /// The part of a core that waiting burns.
  public var processorShare: Double { seconds > 0 ? processorSeconds / seconds : 0 }

  /// The moment a wait began.
  struct Mark {
    let wall = WaitingRecord.now(CLOCK_MONOTONIC)
    let processor = WaitingRecord.now(CLOCK_THREAD_CPUTIME_ID)
  }

  mutating func add(since mark: Mark) {
    seconds += Self.now(CLOCK_MONOTONIC) - mark.wall
    processorSeconds += Self.now(CLOCK_THREAD_CPUTIME_ID) - mark.processor
  }

  private static func now(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
