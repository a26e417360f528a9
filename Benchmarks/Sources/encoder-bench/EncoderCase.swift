import Networks
import Tensors

/// The encoders whose speed is compared, with their batches; `encoders_torch.py` has the same.
enum EncoderCase: String, CaseIterable {
  case transformerImage = "transformer-image"
  case transformerText = "transformer-text"
  case resnetImage = "resnet-image"
  case resnetSpectrogram = "resnet-spectrogram"
  case cnn
  case mlp
  case smallMLP = "mlp-small"

  static let vocabulary = 10_000
  static let classes = 10

  var architecture: EncoderArchitecture {
    switch self {
    case .transformerImage, .transformerText:
      var options = TransformerOptions()
      (options.size, options.positions) = (.base, .learned)
      if self == .transformerText { (options.input, options.vocabulary) = (.text, Self.vocabulary) }
      return .transformer(options)
    case .resnetImage, .resnetSpectrogram: return .resnet18(ResNetOptions())
    case .cnn: return .cnn(CNNOptions())
    case .mlp, .smallMLP:
      var options = MLPOptions()
      options.hidden = [features]
      return .mlp(options)
    }
  }

  /// One sample of the input, channels last.
  var inputShape: Shape {
    switch self {
    case .transformerImage, .resnetImage: [224, 224, 3]
    case .transformerText: [128]
    case .resnetSpectrogram: [129, 626, 1]
    case .cnn: [28, 28, 1]
    case .mlp: [300]
    case .smallMLP: [74]
    }
  }

  var batch: Int {
    switch self {
    case .transformerImage, .transformerText: 8
    case .resnetImage, .resnetSpectrogram: 16
    case .cnn, .mlp: 64
    case .smallMLP: 32
    }
  }

  var features: Int {
    switch self {
    case .transformerImage, .transformerText: 768
    case .resnetImage, .resnetSpectrogram, .mlp: 512
    case .cnn, .smallMLP: 64
    }
  }

  /// How many steps a median is taken of, and how many go before: the fewer, the longer they take.
  var steps: (measured: Int, before: Int) {
    switch self {
    case .cnn: (50, 10)
    case .mlp: (200, 20)
    case .smallMLP: (2_000, 200)
    default: (3, 1)
    }
  }
}
