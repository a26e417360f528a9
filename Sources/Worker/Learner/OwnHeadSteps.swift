import Exchange
import Networks
import Tensors

/// What the worker's sides have in common whose worker trains a head of its own.
public class OwnHeadSteps {
  /// This modality's head, or its slice of one.
  public var head: Head { own.head }
  /// The head.
  public var weights: [NamedState] { own.head.state }
  /// The head with what moves it.
  public var state: [NamedState] { own.state }

  let learner: ModalityLearner
  let own: OwnHead
  let modality: Int
  let endpoint: Endpoint
  let loss: ClassificationLoss

  /// Steps of `learner` with a head of its own.
  public init(
    learner: ModalityLearner, head: OwnHead, modality: Int, endpoint: Endpoint,
    loss: LossOptions = .plain
  ) {
    self.learner = learner
    self.loss = ClassificationLoss(loss)
    own = head
    self.modality = modality
    self.endpoint = endpoint
  }

  /// One step of head and encoder along `own.logitGradient`; false where the mini-batch was left out.
  ///
  /// - Parameter found: the mini-batch as one whose numbers are not finite.
  func step(
    _ features: Tensor, learningRate: Double, found: (NonfiniteBatch.Numbers) -> NonfiniteBatch
  ) throws -> Bool {
    guard let featureGradient = own.backward(features) else {
      return try leaveOut(found(.gradient(of: "head")))
    }
    return try move(along: featureGradient, learningRate: learningRate, found: found)
  }

  /// The rest of a step, after the head's gradients were found; false where the mini-batch was left out.
  ///
  /// - Parameter others: moves what else is trained, when the step is sure to be taken.
  func move(
    along featureGradient: Tensor, learningRate: Double,
    found: (NonfiniteBatch.Numbers) -> NonfiniteBatch, others: () throws -> Void = {}
  ) throws -> Bool {
    if learner.skipsNonfinite, try !learner.findGradients(featureGradient) {
      return try leaveOut(found(.gradient(of: learner.nonfinitePart)))
    }
    own.move(learningRate: learningRate)
    try others()
    if learner.skipsNonfinite {
      try learner.move(learningRate: learningRate)
    } else if let part = try learner.backward(featureGradient, learningRate: learningRate) {
      throw found(.gradient(of: part))
    }
    learner.nonfinite.pass()
    return true
  }

  /// Leaves a mini-batch out, or throws; always false.
  func leaveOut(_ found: NonfiniteBatch) throws -> Bool {
    try learner.leaveOut(found)
    return false
  }

  /// Steps on a rank, with a head drawn from the run's seed.
  ///
  /// - Parameter fanIn: what the deviation of its first weights follows from.
  public convenience init(on rank: WorkerRank, fanIn: Int) {
    self.init(
      learner: rank.learner, head: OwnHead(on: rank, fanIn: fanIn), modality: rank.modality,
      endpoint: rank.endpoint, loss: rank.loss)
  }
}
