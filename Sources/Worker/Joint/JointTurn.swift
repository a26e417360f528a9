import Exchange
import Tensors

/// A mini-batch of joint training as a worker sees it: what a local rule goes by, and what it changes.
///
/// n samples, D features, K classes. Where an input of zeros rides along, it is one more row after them, of
/// features, logits and gradients alike.
public final class JointTurn {
  /// The epoch, from 0.
  public internal(set) var epoch = 0
  /// The mini-batch of the epoch, from 0.
  public internal(set) var batch = 0
  /// The number of mini-batches of an epoch.
  public internal(set) var batchCount = 1
  /// The rows of its n samples in the modality's source.
  public internal(set) var rows: [Int] = []
  /// Their labels: n of them, or more.
  public let labels: Buffer<Int32>
  /// The features `[n, D]`; they hold until the step.
  public internal(set) var features: Tensor
  /// The modality's logits `[n, K]`, without a common bias.
  public let logits: Tensor
  /// The gradient with respect to them, `[n, K]`: what the coordinator answered, which a rule may change.
  public let logitGradient: Tensor
  /// What the coordinator hears beside the logits; NaN: nothing.
  public var score = Double.nan
  /// What the coordinator tells to scale.
  public internal(set) var scale = 1.0
  /// What is told of the decisions.
  public var notes: [MethodNote] = []

  init(labels: Buffer<Int32>, logits: Tensor, logitGradient: Tensor) {
    (self.labels, self.logits, self.logitGradient) = (labels, logits, logitGradient)
    features = logits
  }

  /// The cycle, counted from the beginning of the run.
  public var cycle: Int { epoch * batchCount + batch }
}
