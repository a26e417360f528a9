import Synchronization

/// Counts pieces of work down to none, which one thread waits for.
final class Countdown: Sendable {
  private let left = Atomic(0)
  private let gate = Gate()

  /// Starts with so many pieces, at least one.
  func start(_ count: Int) { left.store(count, ordering: .relaxed) }

  /// One piece less. What was written before, who waits can read.
  func finishOne() {
    if left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { gate.open() }
  }

  /// Waits until none is left.
  func wait(spinning: Bool) { gate.pass(spinning: spinning) }
}
