import Exchange

/// What a rank's training took as a whole, and what of that it waited: the phases that no learner knows.
struct TrainingClock {
  private var training = 0.0
  private var waiting = 0.0

  /// Measures a part of training that is over when `body` returns.
  mutating func measure(_ endpoint: Endpoint, _ body: () throws -> Void) rethrows {
    let (began, waited) = (ContinuousClock.now, endpoint.waiting.seconds)
    try body()
    training += began.secondsAgo
    waiting += endpoint.waiting.seconds - waited
  }

  /// The phases that a learner knows, and these.
  func phases(with learner: PhaseTimes) -> PhaseTimes {
    var phases = learner
    (phases.training, phases.waiting) = (training, waiting)
    return phases
  }
}
