import Exchange
import Methods
import Networks

/// What a worker does in joint training with a head that all share: it takes the head before a mini-batch, and
/// sends its gradient after it.
final class LentHeadRule: JointLocalRule {
  private let head: Head
  private let endpoint: Endpoint

  init(_ head: Head, over endpoint: Endpoint) { (self.head, self.endpoint) = (head, endpoint) }

  func prepare(_ turn: JointTurn) throws { try take(cycle: turn.cycle) }

  func move(_ turn: JointTurn, learningRate: Double) throws {
    // What was trained together, the coordinator knows.
    try giveBack(
      TrainingTotals(samples: turn.rows.count, correct: 0, lossSum: 0), cycle: turn.cycle)
  }

  func leftOut(_ turn: JointTurn) throws { try giveBack(TrainingTotals(), cycle: turn.cycle) }

  /// Receives the head.
  func take(cycle: Int) throws {
    try endpoint.receive(LentHead(head.store.values), number: cycle, from: 0)
  }

  /// Sends its gradient.
  ///
  /// - Parameter totals: what was trained; no samples: nothing.
  func giveBack(_ totals: TrainingTotals, cycle: Int) throws {
    var gradient = LentGradient(head.store.gradients)
    gradient.totals = totals
    try endpoint.send(gradient, number: cycle, to: 0)
  }
}
