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
  /// What belongs to this worker's model beside its encoder: its own head, or nothing.
  var weights: [NamedState] { get }
  /// All that the side must remember to go on from between two mini-batches, the weights included.
  var state: [NamedState] { get }

  /// Takes part in the mini-batches of a plan.
  func train(_ plan: EpochPlan) throws
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
}
