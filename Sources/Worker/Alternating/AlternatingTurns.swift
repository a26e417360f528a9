import Datasets
import Exchange
import MLA
import Methods
import Networks
import Tensors

/// The worker's side of alternating unimodal adaptation (arXiv 2311.10707, section 3.1).
///
/// In each of its turns a worker runs its forward pass ahead, takes the head, answers with the
/// head's gradient, and only then runs its backward pass, while the next modality is served.
public final class AlternatingTurns: WorkerMethod {
  /// The head as the coordinator sent it last.
  public let head: Head

  private let learner: ModalityLearner
  private let endpoint: Endpoint
  private let modality: Int
  private let driftsWhileInactive: Bool
  private let sendsFactors: Bool
  private let loss: ClassificationLoss
  private let logits: Tensor
  private let logitGradient: Tensor
  private let featureGradient: Tensor
  private var update: HeadUpdate

  /// The turns of `modality`, spoken with the coordinator.
  ///
  /// - Parameters:
  ///   - sendsFactors: whether the factors of the head's gradient are sent, features ahead, in its place.
  ///   - driftsWhileInactive: historical; see `RunConfiguration.InactiveEncoders.zeroGrad`.
  public init(
    learner: ModalityLearner, modality: Int, batchSize: Int, endpoint: Endpoint,
    sendsFactors: Bool = false, driftsWhileInactive: Bool = false, loss: LossOptions = .plain
  ) {
    self.sendsFactors = sendsFactors
    self.loss = ClassificationLoss(loss)
    self.learner = learner
    self.modality = modality
    self.endpoint = endpoint
    self.driftsWhileInactive = driftsWhileInactive
    let featureCount = learner.encoder.featureCount
    head = Head(classCount: learner.classCount, featureCount: featureCount)
    logits = Tensor([learner.classCount], capacity: batchSize)
    logitGradient = Tensor([learner.classCount], capacity: batchSize)
    featureGradient = Tensor([featureCount], capacity: batchSize)
    update = HeadUpdate(meanFeature: Buffer(featureCount), gradient: head.store.gradients)
  }

  /// None: the head is the coordinator's.
  public var weights: [NamedState] { [] }
  /// None: the head comes anew with every turn.
  public var state: [NamedState] { [] }

  /// Takes this modality's turns of a plan.
  public func train(_ plan: EpochPlan) throws {
    for turn in plan.turns(of: modality) {
      let rows = plan.rows(of: turn)
      guard !rows.isEmpty else { continue }
      let learningRate = learner.options.learningRate(
        epoch: plan.epoch, batch: turn.cycleInEpoch, of: plan.cycleCount)
      try take(turn, rows: rows, learningRate: learningRate)
      guard driftsWhileInactive else { continue }
      for later in plan.turns(after: turn) where !plan.isEmpty(later) {
        try learner.drift(learningRate: learningRate)
      }
    }
  }

  private func take(_ turn: Turn, rows: [Int], learningRate: Double) throws {
    Trace.place(turn: turn.index, cycle: turn.cycle)
    try learner.load(rows, at: TrainingPlace(epoch: turn.epoch, batch: turn.cycleInEpoch))
    let features = try learner.forward()
    if sendsFactors {
      try endpoint.send(TurnFeatures(features), number: turn.index, to: 0)
    } else {
      MeanFeature.compute(features, into: update.meanFeature)
    }

    try endpoint.receive(TurnHead(head.store.values), number: turn.index, from: 0)
    let began = Trace.time
    head.logits(features, into: logits)
    let batchLoss = loss.evaluate(logits: logits, labels: learner.labels, gradient: logitGradient)
    guard batchLoss.sum.isFinite else {
      return try leaveOut(
        turn, .loss(learner.fault(features: features, logits: logits, head: head)))
    }
    guard hasFiniteGradient(features) else { return try leaveOut(turn, .gradient(of: "head")) }
    if learner.skipsNonfinite {
      // Whether the head may move depends on these gradients too.
      head.featureGradient(logitGradient: logitGradient, into: featureGradient)
      guard try learner.findGradients(featureGradient) else {
        return try leaveOut(turn, .gradient(of: learner.nonfinitePart))
      }
    }
    Trace.note("head", since: began)
    try send(
      TrainingTotals(samples: rows.count, correct: batchLoss.correct, lossSum: batchLoss.total),
      of: turn)
    learner.nonfinite.pass()

    // The turn is over; what follows delays nobody but this worker's own next turn.
    guard !learner.skipsNonfinite else { return try learner.move(learningRate: learningRate) }
    Trace.span("feature gradient") {
      head.featureGradient(logitGradient: logitGradient, into: featureGradient)
    }
    if let part = try learner.backward(featureGradient, learningRate: learningRate) {
      throw found(.gradient(of: part), in: turn)
    }
  }

  /// Ends a turn whose numbers are not finite without a step, or throws. An update of no samples tells
  /// the coordinator.
  private func leaveOut(_ turn: Turn, _ numbers: NonfiniteBatch.Numbers) throws {
    try learner.leaveOut(found(numbers, in: turn))
    logitGradient.count = 0
    try send(TrainingTotals(), of: turn)
  }

  private func send(_ totals: TrainingTotals, of turn: Turn) throws {
    if sendsFactors {
      var update = LogitUpdate(logitGradient)
      update.totals = totals
      try endpoint.send(update, number: turn.index, to: 0)
    } else {
      update.totals = totals
      try endpoint.send(update, number: turn.index, to: 0)
    }
  }

  /// Whether the head's gradient is finite. Where its factors are sent, it is not formed: with a loss that is
  /// finite they are, and whether their product is shows in the head's step.
  private func hasFiniteGradient(_ features: Tensor) -> Bool {
    if sendsFactors { return true }
    head.gradient(logitGradient: logitGradient, features: features)
    return head.store.hasFiniteGradients
  }

  private func found(_ numbers: NonfiniteBatch.Numbers, in turn: Turn) -> NonfiniteBatch {
    learner.found(
      numbers, turn: turn.index, epoch: turn.epoch, batch: turn.cycleInEpoch,
      of: turn.cyclesPerEpoch)
  }
}

extension AlternatingAdaptation: WorkerSide {
  /// The turns of this rank's modality.
  public func worker(on rank: WorkerRank) -> any WorkerMethod {
    AlternatingTurns(
      learner: rank.learner, modality: rank.modality, batchSize: rank.batchSize,
      endpoint: rank.endpoint, sendsFactors: rank.configuration.sendsFactors,
      driftsWhileInactive: rank.configuration.inactiveEncoders == .zeroGrad, loss: rank.loss)
  }
}
