import Exchange
import MLA
import Networks
import Tensors

/// What happened in one turn.
public struct TurnRecord {
  /// The turn.
  public let turn: Turn
  /// What was trained in it; no samples: the turn was skipped and changed nothing.
  public let totals: TrainingTotals
  /// The head as the turn left it, settled.
  public let head: SharedHead
}

/// The coordinator's side of alternating unimodal adaptation: it hands the head from turn to turn.
///
/// The critical path of a turn is: gradient in, projection, update, head out. Whatever else a turn
/// needs is done after the head has left, while the next modality computes.
public final class AlternatingService: CoordinatorMethod {
  private let head: SharedHead
  private let endpoint: Endpoint
  private let leaders: [Int]
  private let learningRate: (Turn) -> Double
  private let observe: (TurnRecord) throws -> Void

  /// Conducts turns with the ranks that speak for the modalities.
  ///
  /// - Parameters:
  ///   - learningRate: the head's learning rate in an epoch.
  ///   - observe: called after each turn, when it delays nobody.
  public convenience init(
    head: SharedHead, endpoint: Endpoint, leaders: [Int],
    learningRate: @escaping (_ epoch: Int) -> Double,
    observe: @escaping (TurnRecord) throws -> Void = { _ in }
  ) {
    self.init(
      head: head, endpoint: endpoint, leaders: leaders,
      turnLearningRate: { learningRate($0.epoch) }, observe: observe)
  }

  /// The same with a learning rate for each turn.
  public init(
    head: SharedHead, endpoint: Endpoint, leaders: [Int],
    turnLearningRate: @escaping (Turn) -> Double,
    observe: @escaping (TurnRecord) throws -> Void = { _ in }
  ) {
    self.head = head
    self.endpoint = endpoint
    self.leaders = leaders
    learningRate = turnLearningRate
    self.observe = observe
  }

  /// The head that goes from turn to turn.
  public var sharedHead: SharedHead? { head }
  /// None: the shared head has its own.
  public var commonBias: [Float]? { nil }

  /// Serves the turns of an epoch, one after the other.
  ///
  /// - Returns: nil, because each modality has a loss of its own.
  public func train(_ plan: EpochPlan) throws -> TrainingTotals? {
    var last: (turn: Turn, totals: TrainingTotals)?
    for turn in plan.turns {
      let isEmpty = plan.rows(of: turn).isEmpty
      if !isEmpty { try sendHead(for: turn) }
      if let last { try finish(last.turn, last.totals) }
      head.begin(turn)
      let totals = isEmpty ? TrainingTotals() : try receiveUpdate(of: turn)
      if !isEmpty { head.apply(turn, learningRate: learningRate(turn)) }
      last = (turn, totals)
    }
    if let last { try finish(last.turn, last.totals) }
    return nil
  }

  private func sendHead(for turn: Turn) throws {
    let frame = endpoint.frame(.head, turn: turn.index)
    frame.append(head.head.store.values, count: head.head.store.count)
    try endpoint.send(frame, to: leaders[turn.modality])
  }

  private func receiveUpdate(of turn: Turn) throws -> TrainingTotals {
    let leader = leaders[turn.modality]
    return try endpoint.receive(.headUpdate, turn: turn.index, from: leader) { frame in
      let totals = try frame.readTotals()
      try frame.read(into: head.meanFeature, count: head.head.featureCount)
      try frame.read(into: head.head.store.gradients, count: head.head.store.count)
      return totals
    }
  }

  private func finish(_ turn: Turn, _ totals: TrainingTotals) throws {
    head.settle()
    try observe(TurnRecord(turn: turn, totals: totals, head: head))
  }
}
