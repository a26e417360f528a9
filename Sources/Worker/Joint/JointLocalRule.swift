import Exchange
import MLA
import Methods
import Networks
import Tensors

/// What a joint method does on a worker in a mini-batch, beside sending logits and moving along what comes
/// back. What is not said is plain joint training.
///
/// The calls of a mini-batch: `prepare`, `look`, then the conversation, then `amend`,
/// `amend(featureGradient:)` and `change`; then either `move`, or `leftOut`.
public protocol JointLocalRule: AnyObject {
  /// A head beside the one that the logits come from, by which the modality is judged alone; nil: none.
  var ownHead: Head? { get }
  /// What belongs to the model beside encoder and slice.
  var weights: [NamedState] { get }
  /// All that must be remembered from one mini-batch to the next, the weights included.
  var state: [NamedState] { get }

  /// The bytes that it takes for a while, between mini-batches; see `WorkerMethod`.
  func passingByteCount(sampleCount: Int) -> Int
  /// Begins an epoch, before its first mini-batch.
  func beginEpoch(_ plan: EpochPlan) throws
  /// Ends an epoch, after its last mini-batch; the encoder's values are those after its step.
  func endEpoch(_ epoch: Int) throws
  /// Makes ready for a mini-batch, before the head has given its logits.
  func prepare(_ turn: JointTurn) throws
  /// Looks at a mini-batch whose features and logits are there, and gives it a score. Nothing that is
  /// remembered may change.
  func look(_ turn: JointTurn) throws
  /// Adds losses of the modality's own: to `turn.logitGradient`, or where their gradients come from.
  func amend(_ turn: JointTurn) throws
  /// Changes the gradient of the loss with respect to the features, `[n, D]`; heads have not moved yet.
  /// False where a gradient of its own is not finite, so that no step can be taken.
  func amend(featureGradient: Tensor, of turn: JointTurn) -> Bool
  /// What becomes of the encoder's gradients before its step; nil: nothing.
  func change(_ turn: JointTurn) -> GradientChange?
  /// Moves what the rule trains itself, at the learning rate of the encoder.
  func move(_ turn: JointTurn, learningRate: Double) throws
  /// The step was not taken: what `amend` has remembered is to be forgotten.
  func leftOut(_ turn: JointTurn) throws
  /// Says what `JointRule.beginEvaluation` wants to hear.
  func beginEvaluation(_ number: Int, over endpoint: Endpoint) throws
  /// The same without a conversation; empty: nothing.
  func preface() throws -> [Float]
}

extension JointLocalRule {
  /// None.
  public var ownHead: Head? { nil }
  /// Nothing.
  public var weights: [NamedState] { [] }
  /// Nothing.
  public var state: [NamedState] { [] }
  /// None.
  public func passingByteCount(sampleCount: Int) -> Int { 0 }
  /// Nothing.
  public func beginEpoch(_ plan: EpochPlan) throws {}
  /// Nothing.
  public func endEpoch(_ epoch: Int) throws {}
  /// Nothing.
  public func prepare(_ turn: JointTurn) throws {}
  /// Nothing.
  public func look(_ turn: JointTurn) throws {}
  /// Nothing.
  public func amend(_ turn: JointTurn) throws {}
  /// Nothing.
  public func amend(featureGradient: Tensor, of turn: JointTurn) -> Bool { true }
  /// Nothing.
  public func change(_ turn: JointTurn) -> GradientChange? { nil }
  /// Nothing.
  public func move(_ turn: JointTurn, learningRate: Double) throws {}
  /// Nothing.
  public func leftOut(_ turn: JointTurn) throws {}
  /// Nothing.
  public func beginEvaluation(_ number: Int, over endpoint: Endpoint) throws {}
  /// Nothing.
  public func preface() throws -> [Float] { [] }
}

/// Plain joint training.
final class PlainLocalRule: JointLocalRule {}

/// A joint method that can be trained: each says here what its worker does beside the conversation.
public protocol JointWorkerSide: JointTraining, WorkerSide {
  /// What the method does on a rank beside the conversation; nil: nothing.
  ///
  /// - Parameter own: the head that the logits come from, or the slice of one.
  func localRule(on rank: WorkerRank, beside own: OwnHead) -> (any JointLocalRule)?
}

extension JointWorkerSide {
  /// Nothing.
  public func localRule(on rank: WorkerRank, beside own: OwnHead) -> (any JointLocalRule)? { nil }

  /// The conversation of joint training, with the method's rule.
  public func worker(on rank: WorkerRank) -> any WorkerMethod {
    rank.learner.ridesZero = demands.ridesZero
    let fanIn = rank.configuration.features
    let own =
      heads == .slices
      ? OwnHead(
        on: rank, fanIn: fanIn * rank.configuration.modalities.count, trainsBias: false)
      : OwnHead(on: rank, fanIn: fanIn)
    return JointSteps(
      learner: rank.learner, head: own, modality: rank.modality, endpoint: rank.endpoint,
      rule: localRule(on: rank, beside: own), noted: rank.noted)
  }
}

extension JointConcatenation: JointWorkerSide {}
extension JointSummation: JointWorkerSide {}
extension AlignedFusion: JointWorkerSide {}
