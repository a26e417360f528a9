/// How long a wait may take: time in which this rank ran. A job that is suspended, or whose machine
/// is paused, goes on waiting where it left off.
///
/// A wait looks for its end again and again. A gap between two looks that is far longer than any pause
/// says that the rank did not run, so that no gap counts for more than an eighth of the limit.
struct Patience {
  private let limit: Duration
  private let longestStep: Duration
  private var spent = Duration.zero
  private var lastLook: ContinuousClock.Instant

  /// A wait that begins now.
  init(_ limit: Duration, now: ContinuousClock.Instant = .now) {
    self.limit = limit
    longestStep = limit / 8
    lastLook = now
  }

  /// What is left, after a look at the time; zero or less once the wait has taken too long.
  mutating func left(now: ContinuousClock.Instant = .now) -> Duration {
    spent += min(lastLook.duration(to: now), longestStep)
    lastLook = now
    return limit - spent
  }
}
