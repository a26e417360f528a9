import Exchange
import MLA
import Networks

/// The coordinator's side of a way to train: the conversation of one epoch, and what it adds.
public protocol CoordinatorMethod: AnyObject {
  /// The head that workers need for an evaluation; nil where each has its own.
  var sharedHead: SharedHead? { get }
  /// The bias that the coordinator adds to the sum of all logits; nil where there is none.
  var commonBias: [Float]? { get }

  /// Conducts one epoch.
  ///
  /// - Returns: what was trained with one loss for all modalities; nil where each has its own.
  func train(_ plan: EpochPlan) throws -> TrainingTotals?
}
