/// Where the time of a worker's training has gone since the run began, in seconds.
///
/// What is left of `training` beside these is the head: logits, loss and gradient, and the copies that
/// messages are made of.
public struct PhaseTimes: Sendable, Equatable, BitwiseCopyable {
  /// All of it, from the first mini-batch of each segment to its last.
  public var training = 0.0
  /// Mini-batches made ready, with what was waited for their samples.
  public var load = 0.0
  /// Forward passes.
  public var forward = 0.0
  /// Backward passes, and the steps of the optimizer.
  public var backward = 0.0
  /// The exchange of gradients between replicas, as far as nothing else went on meanwhile.
  public var exchange = 0.0
  /// Waits for messages.
  public var waiting = 0.0

  /// Nothing yet.
  public init() {}

  /// The head, and all else.
  public var head: Double { max(0, training - load - forward - backward - exchange - waiting) }

  /// What was added since `earlier`.
  public static func - (times: PhaseTimes, earlier: PhaseTimes) -> PhaseTimes {
    var times = times
    for phase in [
      \PhaseTimes.training, \.load, \.forward, \.backward, \.exchange, \.waiting,
    ] { times[keyPath: phase] -= earlier[keyPath: phase] }
    return times
  }
}

extension ContinuousClock.Instant {
  /// The seconds from this moment to now.
  public var secondsAgo: Double { (ContinuousClock.now - self).seconds }
}
