import Exchange
import MLA
import Networks

/// The worker's side of separate training: a head of its own, and nothing to wait for. It only tells
/// the coordinator how far it is.
public final class SeparateSteps: WorkerMethod {
  /// This modality's own head.
  public var head: Head { own.head }
  /// True: the head is saved with the encoder.
  public let ownsHead = true

  private let learner: ModalityLearner
  private let own: OwnHead
  private let modality: Int
  private let endpoint: Endpoint

  /// Trains `learner` with its own head, alone.
  public init(learner: ModalityLearner, head: OwnHead, modality: Int, endpoint: Endpoint) {
    self.endpoint = endpoint
    self.learner = learner
    own = head
    self.modality = modality
  }

  /// Trains this modality's mini-batches of an epoch, alone.
  ///
  /// - Returns: what was trained in them.
  public func train(_ plan: EpochPlan) throws -> TrainingTotals {
    var totals = TrainingTotals()
    for turn in plan.turns where turn.modality == modality {
      let rows = plan.rows(of: turn)
      guard !rows.isEmpty else { continue }
      let learningRate = learner.options.learningRate(
        epoch: plan.epoch, batch: turn.cycleInEpoch, of: plan.cycleCount)
      try learner.load(rows)
      let features = learner.forward()
      own.forward(features)
      let loss = SoftmaxCrossEntropy.evaluate(
        logits: own.logits, labels: learner.labels, total: rows.count, gradient: own.logitGradient)
      guard loss.lossSum.isFinite else {
        let fault = learner.fault(features: features, logits: own.logits, head: own.head)
        throw WorkerError.lossNotFinite(turn: turn, fault)
      }
      learner.backward(
        own.backward(features, learningRate: learningRate), learningRate: learningRate)
      let batch = TrainingTotals(
        samples: rows.count, correct: loss.correct, lossSum: loss.lossSum)
      totals += batch
      let progress = endpoint.frame(.progress, turn: turn.index)
      progress.append(batch)
      try endpoint.send(progress, to: 0)
    }
    return totals
  }
}
