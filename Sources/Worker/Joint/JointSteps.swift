import Exchange
import MLA
import Networks
import Tensors

/// The worker's side of joint training: its slice of the head gives logits, the coordinator adds
/// them up over the modalities and answers with the gradient of the one loss.
///
/// With features side by side (concatenation) the head of all is `[K, M * D]`; a worker holds its
/// `[K, D]` of it, so logits are all that crosses.
public final class JointSteps: WorkerMethod {
  /// This modality's slice of the joint head.
  public var head: Head { own.head }
  /// True: the slice is saved with the encoder.
  public let ownsHead = true

  private let learner: ModalityLearner
  private let own: OwnHead
  private let modality: Int
  private let endpoint: Endpoint

  /// Trains `learner` and its slice of the head together with the other modalities.
  public init(learner: ModalityLearner, head: OwnHead, modality: Int, endpoint: Endpoint) {
    self.learner = learner
    own = head
    self.modality = modality
    self.endpoint = endpoint
  }

  /// Takes part in the mini-batches of an epoch.
  ///
  /// - Returns: nothing, because only the coordinator sees the loss.
  public func train(_ plan: EpochPlan) throws -> TrainingTotals {
    for batch in 0..<plan.cycleCount {
      let rows = plan.rows(cycleInEpoch: batch, modality: modality)
      guard !rows.isEmpty else { continue }
      let learningRate = learner.options.learningRate(
        epoch: plan.epoch, batch: batch, of: plan.cycleCount)
      let cycle = plan.epoch * plan.cycleCount + batch
      try learner.load(rows)
      let features = learner.forward()
      own.forward(features)
      // Where they are added up, nobody could tell whose they were.
      guard own.logits.isFinite else {
        throw WorkerError.logitsNotFinite(
          epoch: plan.epoch, batch: batch, of: plan.cycleCount,
          learner.fault(features: features, logits: own.logits, head: own.head))
      }
      let contribution = endpoint.frame(.logits, turn: cycle)
      contribution.append(own.logits.values, count: own.logits.elementCount)
      try endpoint.send(contribution, to: 0)

      own.logitGradient.count = rows.count
      try endpoint.receive(.logitGradient, turn: cycle, from: 0) { frame in
        try frame.read(into: own.logitGradient.values, count: own.logitGradient.elementCount)
      }
      learner.backward(
        own.backward(features, learningRate: learningRate), learningRate: learningRate)
    }
    return TrainingTotals()
  }
}

extension Tensor {
  fileprivate var isFinite: Bool {
    UnsafeBufferPointer(start: values, count: elementCount).allSatisfy(\.isFinite)
  }
}
