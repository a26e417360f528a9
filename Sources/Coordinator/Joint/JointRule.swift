import Exchange
import MLA
import Methods
import Tensors

/// What a joint method decides at the coordinator in a mini-batch: how logits become common ones, and which
/// gradient each modality gets. What is not said is plain joint training: a sum, and its gradient.
///
/// Modalities that have no rows in a mini-batch have no part in it: nothing of theirs may change.
public protocol JointRule: AnyObject {
  /// How many numbers each modality sends of a sample; nil: logits.
  var widths: [Int]? { get }
  /// What belongs to the model beside the common bias.
  var weights: [NamedState] { get }
  /// All that must be remembered from one mini-batch to the next, the weights included.
  var state: [NamedState] { get }

  /// The bytes that it takes for a while, between mini-batches; see `CoordinatorMethod`.
  func passingByteCount(sampleCount: Int) -> Int
  /// Begins an epoch, before its first mini-batch.
  func beginEpoch(_ plan: EpochPlan, of service: JointService) throws
  /// Whether a modality is trained in the mini-batches of an epoch.
  func takesPart(_ modality: Int, epoch: Int) -> Bool
  /// Says what workers want to hear before their forward passes.
  func begin(_ batch: JointBatch) throws
  /// Makes `batch.logits` of the parts' logits; must change nothing that is remembered, for a mini-batch
  /// whose loss is not finite may be left out.
  func combine(_ batch: JointBatch)
  /// Makes each part's gradient, and scales, and notes. The joint loss and its gradient are known.
  func decide(_ batch: JointBatch)
  /// Moves what the rule trains itself, at the learning rate of heads: gradients are on their way to workers.
  func move(_ batch: JointBatch, learningRate: Double) throws
  /// How the model predicts as it is now.
  ///
  /// - Parameter bias: the common bias, `[K]`; nil: each modality has its own.
  func prediction(bias: [Float]?, modalityCount: Int) -> any ModelPrediction
  /// Learns what predictions need beside the logits of an evaluation: a worker's `JointLocalRule` says it at
  /// the same time.
  ///
  /// - Parameter number: the epoch, which numbers the evaluation's messages.
  func beginEvaluation(
    _ number: Int, over endpoint: Endpoint, from leaders: [Int], classCount: Int
  ) throws
  /// The same without a conversation: what each worker says, empty of one that is not there.
  func learn(_ prefaces: [[Float]])
}

extension JointRule {
  /// Logits.
  public var widths: [Int]? { nil }
  /// Nothing.
  public var weights: [NamedState] { [] }
  /// Nothing.
  public var state: [NamedState] { [] }
  /// None.
  public func passingByteCount(sampleCount: Int) -> Int { 0 }
  /// Nothing.
  public func beginEpoch(_ plan: EpochPlan, of service: JointService) throws {}
  /// It is.
  public func takesPart(_ modality: Int, epoch: Int) -> Bool { true }
  /// Nothing.
  public func begin(_ batch: JointBatch) throws {}
  /// The sum.
  public func combine(_ batch: JointBatch) { batch.addLogits() }
  /// The gradient of a sum.
  public func decide(_ batch: JointBatch) { batch.passGradientOn() }
  /// Nothing.
  public func move(_ batch: JointBatch, learningRate: Double) throws {}
  /// The sum of the logits of the modalities present, and the bias.
  public func prediction(bias: [Float]?, modalityCount: Int) -> any ModelPrediction {
    JointPrediction(commonBias: bias, modalityCount: modalityCount)
  }
  /// Nothing.
  public func beginEvaluation(
    _ number: Int, over endpoint: Endpoint, from leaders: [Int], classCount: Int
  ) throws {}
  /// Nothing.
  public func learn(_ prefaces: [[Float]]) {}
}

/// Plain joint training.
final class PlainJointRule: JointRule {}

/// A joint method that can be conducted: each says here what it decides.
public protocol JointCoordinatorSide: JointTraining, CoordinatorSide {
  /// What the method decides in a run.
  func rule(of run: CoordinatorRank) -> any JointRule
}

extension JointCoordinatorSide {
  /// The conversation of joint training, with the method's rule.
  public func coordinator(of run: CoordinatorRank) -> any CoordinatorMethod {
    JointService(run, method: self, rule: rule(of: run))
  }
}

extension JointConcatenation: JointCoordinatorSide {
  /// The sum of logits with one bias for all.
  public func rule(of run: CoordinatorRank) -> any JointRule { PlainJointRule() }
}

extension JointSummation: JointCoordinatorSide {
  /// The sum of logits.
  public func rule(of run: CoordinatorRank) -> any JointRule { PlainJointRule() }
}

extension UniformLosses: JointCoordinatorSide {
  /// The sum of logits: what is added is the workers'.
  public func rule(of run: CoordinatorRank) -> any JointRule { PlainJointRule() }
}

extension ParetoLosses: JointCoordinatorSide {
  /// The sum of logits: what is reconciled is the workers'.
  public func rule(of run: CoordinatorRank) -> any JointRule { PlainJointRule() }
}
