import Exchange
import MLA
import Networks

/// A worker's side of a way to train: the conversation of one epoch.
public protocol WorkerMethod: AnyObject {
  /// The head that evaluation uses: the last one received, or the worker's own.
  var head: Head { get }
  /// Whether the head belongs to this worker, and so must be saved with its encoder.
  var ownsHead: Bool { get }

  /// Takes part in one epoch.
  ///
  /// - Returns: what was trained; nothing where only the coordinator sees the loss.
  func train(_ plan: EpochPlan) throws -> TrainingTotals
}
