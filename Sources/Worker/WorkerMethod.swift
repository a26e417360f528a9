import Configuration
import Exchange
import MLA
import Methods
import Networks
import Tensors

/// A worker's side of a method: its part of the conversation, and what it learns on the way.
public protocol WorkerMethod: AnyObject {
  /// The head that evaluation uses: the one received last, or the worker's own.
  var head: Head { get }
  /// The heads whose logits an evaluation needs, as many as `TrainingMethod.evaluatedHeadCount`: by the first
  /// the modality is judged alone, of the last the model's own prediction is made.
  var evaluatedHeads: [Head] { get }
  /// What belongs to this worker's model beside its encoder: its own head, or nothing.
  var weights: [NamedState] { get }
  /// All that the side must remember to go on from between two mini-batches, the weights included.
  var state: [NamedState] { get }

  /// The bytes that it takes for a while, between mini-batches, beyond what its initialiser has made.
  ///
  /// - Parameter sampleCount: the most samples that it may look at together.
  func passingByteCount(sampleCount: Int) -> Int
  /// Takes part in the mini-batches of a plan.
  func train(_ plan: EpochPlan) throws
  /// Says what the coordinator wants to know before the logits of an evaluation; it hears it in
  /// `CoordinatorMethod.beginEvaluation`.
  ///
  /// - Parameter number: the epoch, which numbers the evaluation's messages.
  func beginEvaluation(_ number: Int) throws
  /// The same for samples without labels: what the coordinator hears in `CoordinatorMethod.learn`; empty:
  /// nothing.
  func preface() throws -> [Float]
}

extension WorkerMethod {
  /// The one head.
  public var evaluatedHeads: [Head] { [head] }
  /// None.
  public func passingByteCount(sampleCount: Int) -> Int { 0 }
  /// Nothing.
  public func beginEvaluation(_ number: Int) throws {}
  /// Nothing.
  public func preface() throws -> [Float] { [] }
}

/// A method that can be trained: each says here what its worker does, in a folder of its name.
public protocol WorkerSide: TrainingMethod {
  /// The worker's side on a rank.
  func worker(on rank: WorkerRank) -> any WorkerMethod
}

extension MethodChoice {
  /// The worker's side of the method.
  func worker(on rank: WorkerRank) -> any WorkerMethod {
    guard let side = method as? any WorkerSide else {
      preconditionFailure("method \(kind) has no side in the room Worker")
    }
    return side.worker(on: rank)
  }
}

/// What a worker's side of a method is made from.
public struct WorkerRank {
  /// The run.
  public let configuration: RunConfiguration
  /// The modality of this rank.
  public let modality: Int
  /// Its encoder with its data and optimizer.
  public let learner: ModalityLearner
  /// The most samples of a mini-batch.
  public let batchSize: Int
  /// The way to the coordinator.
  public let endpoint: Endpoint
  /// Who has what; nil: it is not known yet, for a side that is only planned.
  public var rosters: Rosters?
  /// What the loss makes of labels.
  public var loss: LossOptions { configuration.loss(weighing: rosters?.classWeights ?? []) }
  /// Called with what the method decided in a cycle; nil: between mini-batches.
  public var noted: (_ cycle: Int?, [MethodNote]) -> Void = { _, _ in }

  /// What a side is made from, in a run of this configuration.
  public init(
    configuration: RunConfiguration, modality: Int, learner: ModalityLearner, batchSize: Int,
    endpoint: Endpoint, rosters: Rosters? = nil,
    noted: @escaping (_ cycle: Int?, [MethodNote]) -> Void = { _, _ in }
  ) {
    (self.configuration, self.modality, self.learner) = (configuration, modality, learner)
    (self.batchSize, self.endpoint) = (batchSize, endpoint)
    (self.rosters, self.noted) = (rosters, noted)
  }
}
