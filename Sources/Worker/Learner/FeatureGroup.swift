import Exchange
import Tensors

/// What the learner of a modality that several ranks share says to the others, where one of them speaks with
/// the coordinator: features come together before the head's part, and what follows from it goes back.
///
/// All speak of the mini-batch that was loaded last, whose rows `Shards` gives to the ranks.
public protocol FeatureGroup: AnyObject {
  /// The first number among the others' samples of the mini-batch that is infinite or not a number.
  var oddInput: ReplicaFeatures.OddInput? { get }

  /// The features `[n, D]` of the whole mini-batch, of `sampleCount` samples, given those of this rank's
  /// samples. They hold until the next call.
  func gather(_ own: Tensor, of sampleCount: Int) throws -> Tensor

  /// Hands the gradient with respect to all features to the ranks; returns the part of this rank's samples.
  ///
  /// - Parameter learningRate: that of the step along it.
  func scatter(_ featureGradient: Tensor, learningRate: Double) throws -> Tensor

  /// Has all take a step without a gradient, as this rank does.
  func drift(learningRate: Double) throws

  /// Nothing more follows the mini-batch: the next may be loaded, or others may look at the weights.
  func goOn() throws
}
