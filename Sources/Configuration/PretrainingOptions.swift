import Networks
import Pretrained

/// Where an encoder's first weights come from, and how training treats them.
public struct PretrainingOptions: Sendable, Equatable {
  /// The file of the weights, below the data root; nil: they are drawn at random.
  public var weights: String?
  /// Whose names the file has; nil: what its tensors are called tells.
  public var format: PretrainedFormat?
  /// How a first convolution for colours becomes one for samples of one channel.
  public var stem = StemRule.sum
  /// Whether learned positions are interpolated for pictures of another size.
  public var resizesPositions = false
  /// Which layers stay as they are, and how fast the others move.
  public var training = EncoderTraining()
  /// Whether the outputs of the frozen layers are computed once and kept.
  public var cachesFeatures = false

  /// The layers that do not move.
  public var freeze: EncoderTraining.Freeze {
    get { training.freeze }
    set { training.freeze = newValue }
  }
  /// See `EncoderTraining.learningRateScale`.
  public var learningRateScale: Double {
    get { training.learningRateScale }
    set { training.learningRateScale = newValue }
  }
  /// See `EncoderTraining.layerDecay`.
  public var layerDecay: Double {
    get { training.layerDecay }
    set { training.layerDecay = newValue }
  }

  /// Random weights, all of which move.
  public init() {}
}
