import Configuration
import Exchange
import MLA
import Methods
import Networks
import Tensors

/// The coordinator's side of a method: its part of the conversation, and what it adds to the model.
public protocol CoordinatorMethod: AnyObject {
  /// The head that workers need for an evaluation; nil where each has its own.
  var evaluatedHead: Buffer<Float>? { get }
  /// How the model itself predicts, beside the fusions; nil: it does not.
  var prediction: (any ModelPrediction)? { get }
  /// What the coordinator holds of the model: the shared head, a common bias, or nothing.
  var weights: [NamedState] { get }
  /// All that the side must remember to go on from between two mini-batches, the weights included.
  var state: [NamedState] { get }

  /// Conducts the mini-batches of a plan.
  ///
  /// - Parameter totals: what was trained in the epoch so far, for each loss of
  ///   `TrainingMethod.lossNames`; each mini-batch is added by itself, so that sums do not depend on how an
  ///   epoch is cut into plans.
  func train(_ plan: EpochPlan, adding totals: inout [TrainingTotals]) throws
  /// The shared head at an epoch's end; nil where there is none.
  func finishEpoch() -> HeadState?
  /// Hears what workers say before the logits of an evaluation, in `WorkerMethod.beginEvaluation`.
  ///
  /// - Parameter number: the epoch, which numbers the evaluation's messages.
  func beginEvaluation(_ number: Int) throws
  /// The same without a conversation: what each worker says in `WorkerMethod.preface`, empty of one that is not
  /// there.
  func learn(_ prefaces: [[Float]])
  /// The bytes that it takes for a while, between mini-batches, beyond what its initialiser has made.
  ///
  /// - Parameter sampleCount: the samples of the training roster.
  func passingByteCount(sampleCount: Int) -> Int
  /// Takes all memory that so many epochs with so many turns each will ever take, within a `MemoryPlan`.
  /// Whoever holds no more than what its initialiser makes need not say anything.
  func reserve(epochs: Int, turnsPerEpoch: Int)
}

extension CoordinatorMethod {
  /// None: each worker has its own.
  public var evaluatedHead: Buffer<Float>? { nil }
  /// None: predictions are fused.
  public var prediction: (any ModelPrediction)? { nil }
  /// Nothing: the model is the workers'.
  public var weights: [NamedState] { [] }
  /// Nothing.
  public var state: [NamedState] { [] }
  /// None: there is no shared head.
  public func finishEpoch() -> HeadState? { nil }
  /// None.
  public func passingByteCount(sampleCount: Int) -> Int { 0 }
  /// They say nothing.
  public func beginEvaluation(_ number: Int) throws {}
  /// Nothing.
  public func learn(_ prefaces: [[Float]]) {}
  /// Nothing more.
  public func reserve(epochs: Int, turnsPerEpoch: Int) {}
}

/// A method that can be conducted: each says here what its coordinator does, in a folder of its name.
public protocol CoordinatorSide: TrainingMethod {
  /// The coordinator's side of a run.
  func coordinator(of run: CoordinatorRank) -> any CoordinatorMethod
}

extension MethodChoice {
  /// The coordinator's side of the method.
  func coordinator(of run: CoordinatorRank) -> any CoordinatorMethod {
    guard let side = method as? any CoordinatorSide else {
      preconditionFailure("method \(kind) has no side in the room Coordinator")
    }
    let coordinator = side.coordinator(of: run)
    // Workers go by what the method says.
    precondition((coordinator.evaluatedHead != nil) == (method.headPlace == .coordinator))
    return coordinator
  }
}

/// What a coordinator's side of a method is made from.
public struct CoordinatorRank {
  /// The run.
  public let configuration: RunConfiguration
  /// The way to the workers.
  public let endpoint: Endpoint
  /// The rank that speaks for each modality.
  public let leaders: [Int]
  /// The label of every sample of the training roster.
  public var trainLabels: [Int32] = []
  /// Who has what; nil: it is not known yet, for a side that is only planned.
  public var rosters: Rosters?
  /// The label of every sample of the validation roster.
  public var validationLabels: [Int32] = []
  /// What the loss makes of labels.
  public var loss: LossOptions { configuration.loss(weighing: rosters?.classWeights ?? []) }
  /// Called after each mini-batch of one modality, when it delays nobody.
  public var turnEnded: (Turn, TrainingTotals) throws -> Void = { _, _ in }
  /// Called for each turn that was measured, where each is asked for.
  public var turnMeasured: (TurnInterference) throws -> Void = { _ in }
  /// Called after each mini-batch of all modalities with epoch, mini-batch and totals.
  public var jointBatchEnded: (_ epoch: Int, _ batch: Int, TrainingTotals) throws -> Void = {
    _, _, _ in
  }
  /// Called with what the method decided in a cycle; nil: between mini-batches.
  public var noted: (_ cycle: Int?, [MethodNote]) -> Void = { _, _ in }

  /// What a side is made from, in a run of this configuration.
  public init(
    configuration: RunConfiguration, endpoint: Endpoint, leaders: [Int], trainLabels: [Int32] = [],
    turnEnded: @escaping (Turn, TrainingTotals) throws -> Void = { _, _ in },
    turnMeasured: @escaping (TurnInterference) throws -> Void = { _ in },
    jointBatchEnded: @escaping (_ epoch: Int, _ batch: Int, TrainingTotals) throws -> Void = {
      _, _, _ in
    },
    noted: @escaping (_ cycle: Int?, [MethodNote]) -> Void = { _, _ in }
  ) {
    (self.configuration, self.endpoint, self.leaders) = (configuration, endpoint, leaders)
    self.trainLabels = trainLabels
    (self.turnEnded, self.turnMeasured) = (turnEnded, turnMeasured)
    (self.jointBatchEnded, self.noted) = (jointBatchEnded, noted)
  }
}
