import Exchange
import MLA
import Networks
import Tensors

/// The worker's side of alternating unimodal adaptation (arXiv 2311.10707, section 3.1).
///
/// In each of its turns a worker runs its forward pass ahead, takes the head, answers with the
/// head's gradient, and only then runs its backward pass, while the next modality is served.
public final class AlternatingTurns: WorkerMethod {
  /// The head as the coordinator sent it last.
  public let head: Head
  /// False: the coordinator has the head.
  public let ownsHead = false

  private let learner: ModalityLearner
  private let endpoint: Endpoint
  private let modality: Int
  private let driftsWhileInactive: Bool
  private let logits: Tensor
  private let logitGradient: Tensor
  private let featureGradient: Tensor
  private let meanFeature: UnsafeMutablePointer<Double>

  /// The turns of `modality`, spoken with the coordinator.
  ///
  /// - Parameter driftsWhileInactive: historical; see `RunConfiguration.InactiveEncoders.zeroGrad`.
  public init(
    learner: ModalityLearner, modality: Int, batchSize: Int, endpoint: Endpoint,
    driftsWhileInactive: Bool = false
  ) {
    self.learner = learner
    self.modality = modality
    self.endpoint = endpoint
    self.driftsWhileInactive = driftsWhileInactive
    // The coordinator's head overwrites these values before they are ever used.
    var unused = SeededGenerator(seed: 0, stream: "head received")
    let featureCount = learner.encoder.featureCount
    head = Head(
      classCount: learner.classCount, featureCount: featureCount, generator: &unused)
    logits = Tensor([learner.classCount], capacity: batchSize)
    logitGradient = Tensor([learner.classCount], capacity: batchSize)
    featureGradient = Tensor([featureCount], capacity: batchSize)
    meanFeature = AlignedStorage.doubles(featureCount)
  }

  deinit { AlignedStorage.free(meanFeature) }

  /// Takes this modality's turns of an epoch.
  ///
  /// - Returns: what was trained in them.
  public func train(_ plan: EpochPlan) throws -> TrainingTotals {
    var totals = TrainingTotals()
    let turns = plan.turns
    for turn in turns where turn.modality == modality {
      let rows = plan.rows(of: turn)
      guard !rows.isEmpty else { continue }
      let learningRate = learner.options.learningRate(
        epoch: plan.epoch, batch: turn.cycleInEpoch, of: plan.cycleCount)
      totals += try take(turn, rows: rows, learningRate: learningRate)
      guard driftsWhileInactive else { continue }
      let restOfCycle = turns.drop { $0.index <= turn.index }.prefix { $0.cycle == turn.cycle }
      for later in restOfCycle
      where !plan.rows(of: later).isEmpty {
        learner.drift(learningRate: learningRate)
      }
    }
    return totals
  }

  private func take(_ turn: Turn, rows: [Int], learningRate: Double) throws -> TrainingTotals {
    try learner.load(rows)
    let features = learner.forward()
    MeanFeature.compute(features, into: meanFeature)

    try endpoint.receive(.head, turn: turn.index, from: 0) { frame in
      try frame.read(into: head.store.values, count: head.store.count)
    }
    head.logits(features, into: logits)
    let loss = SoftmaxCrossEntropy.evaluate(
      logits: logits, labels: learner.labels, total: rows.count, gradient: logitGradient)
    guard loss.lossSum.isFinite else {
      let fault = learner.fault(features: features, logits: logits, head: head)
      throw WorkerError.lossNotFinite(turn: turn, fault)
    }
    head.gradient(logitGradient: logitGradient, features: features)

    let update = endpoint.frame(.headUpdate, turn: turn.index)
    let totals = TrainingTotals(
      samples: rows.count, correct: loss.correct, lossSum: loss.lossSum)
    update.append(totals)
    update.append(meanFeature, count: head.featureCount)
    update.append(head.store.gradients, count: head.store.count)
    try endpoint.send(update, to: 0)

    // The turn is over; what follows delays nobody but this worker's own next turn.
    head.featureGradient(logitGradient: logitGradient, into: featureGradient)
    learner.backward(featureGradient, learningRate: learningRate)
    return totals
  }
}
