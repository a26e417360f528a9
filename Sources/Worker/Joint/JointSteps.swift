import Exchange
import MLA
import Methods
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
  /// The slice.
  public var weights: [NamedState] { own.head.state }
  /// The slice with what moves it.
  public var state: [NamedState] { own.state }

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

  /// Takes part in the mini-batches of a plan.
  public func train(_ plan: EpochPlan) throws {
    for batch in plan.cycles {
      let rows = plan.rows(cycleInEpoch: batch, modality: modality)
      guard !rows.isEmpty else { continue }
      let learningRate = learner.options.learningRate(
        epoch: plan.epoch, batch: batch, of: plan.cycleCount)
      let cycle = plan.epoch * plan.cycleCount + batch
      try learner.load(rows)
      let features = learner.forward()
      own.forward(features)
      // Where they are added up, nobody could tell whose they were.
      guard own.logits.held.isFinite else {
        throw WorkerError.logitsNotFinite(
          epoch: plan.epoch, batch: batch, of: plan.cycleCount,
          learner.fault(features: features, logits: own.logits, head: own.head))
      }
      try endpoint.send(JointLogits(own.logits.held), number: cycle, to: 0)
      own.logitGradient.count = rows.count
      try endpoint.receive(LogitGradient(own.logitGradient.held), number: cycle, from: 0)
      learner.backward(
        own.backward(features, learningRate: learningRate), learningRate: learningRate)
    }
  }
}

extension JointConcatenation: WorkerSide {
  /// Steps with a slice of the one head, whose bias is the coordinator's.
  public func worker(on rank: WorkerRank) -> any WorkerMethod {
    let fanIn = rank.configuration.features * rank.configuration.modalities.count
    return JointSteps(
      learner: rank.learner, head: rank.ownHead(fanIn: fanIn, trainsBias: false),
      modality: rank.modality, endpoint: rank.endpoint)
  }
}

extension JointSummation: WorkerSide {
  /// Steps with a head of this rank's own.
  public func worker(on rank: WorkerRank) -> any WorkerMethod {
    JointSteps(
      learner: rank.learner,
      head: rank.ownHead(fanIn: rank.configuration.features, trainsBias: true),
      modality: rank.modality, endpoint: rank.endpoint)
  }
}
