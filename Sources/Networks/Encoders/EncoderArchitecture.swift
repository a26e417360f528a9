/// The encoders that a configuration can name, with their options. Each ends in `features` numbers.
public enum EncoderArchitecture: Sendable, Equatable {
  /// Linear layers with ReLU between them.
  case mlp(MLPOptions)
  /// Convolutions, then one linear layer.
  case cnn(CNNOptions)
  /// A residual network of basic blocks.
  case resnet18(ResNetOptions)
  /// Attention over tokens or patches.
  case transformer(TransformerOptions)
}

/// Options of `mlp`. `hidden: []` and `finalReLU: false` is a linear map.
public struct MLPOptions: Sendable, Equatable {
  /// The widths between input and features.
  public var hidden: [Int] = [64]
  /// Whether the features pass a ReLU.
  public var finalReLU = true

  /// The defaults.
  public init() {}
}

/// Options of `cnn`: stages of convolution, norm, ReLU and pooling, then a linear layer.
public struct CNNOptions: Sendable, Equatable {
  /// The norm behind each convolution.
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
