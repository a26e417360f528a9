/// Options of `cnn`: stages of convolution, norm, ReLU and pooling, then a linear layer.
public struct CNNOptions: Sendable, Equatable {
  /// The norm after each convolution.
  public enum Norm: String, Sendable, CaseIterable {
    case batch, none
  }

  /// The pooling at the end of each stage; a last odd row or column is dropped.
  public enum Pooling: String, Sendable, CaseIterable {
    case max, mean, none
  }

  /// The number of filters of each stage's convolution.
  public var channels: [Int] = [16, 32]
  /// The side of the square kernels.
  public var kernel = 3
  /// The step of the kernels, the same in both directions.
  public var stride = 1
  /// Zeros around the input; nil keeps the size at stride 1: `kernel / 2`.
  public var padding: Int?
  /// What stands between a convolution and its ReLU.
  public var norm = Norm.batch
  /// What ends each stage.
  public var pooling = Pooling.max
  /// The side and the step of the pooling windows.
  public var poolSize = 2
  /// Whether the features pass a ReLU.
  public var finalReLU = true

  /// The defaults.
  public init() {}
}
