import Networks
import Tensors

/// The encoders whose speed is compared, with their batches; `encoders_torch.py` has the same, but for the
/// small transformer, which shards are measured with.
enum EncoderCase: String, CaseIterable {
  case transformerImage = "transformer-image"
  case transformerText = "transformer-text"
  case transformerSmall = "transformer-small"
  /// Texts as long as titles are, in places for 256 tokens.
  case transformerTitles = "transformer-titles"
  /// The way forward alone, as it is where all of it is frozen.
  case miniLM = "minilm"
  case resnetImage = "resnet-image"
  case resnetSpectrogram = "resnet-spectrogram"
  case cnn
  case mlp
  case smallMLP = "mlp-small"

  static let classes = 10

  /// The tokens of 32 texts to be trained on: Python's
  /// `min(256, max(3, int(random.lognormvariate(2.5, 0.5))))` from seed 0, the mean 12.5.
  private static let drawnLengths = [
    11, 12, 17, 11, 24, 5, 13, 6, 11, 10, 10, 4, 12, 16, 28, 18, 3, 6, 19, 7, 13, 5, 18, 21, 13, 13,
    13, 8, 16, 11, 12, 15,
  ]

  /// The tokens of 32 titles: log-normal, the mean 12.5, as spread as the texts of the stamps set.
  private static let titles = [
    3, 4, 5, 6, 6, 6, 7, 7, 8, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 15, 15, 16, 17, 18,
    20, 21, 24, 27, 35,
  ]

  /// Whether a step is one of training.
  var learns: Bool { self != .miniLM }

  /// The number of different tokens, where the samples are texts.
  var vocabulary: Int? {
    switch self {
    case .transformerText: 10_000
    case .miniLM, .transformerTitles: 30_522
    default: nil
    }
  }

  /// The tokens of each sample, where they are not all of it.
  var lengths: [Int]? {
    switch self {
    case .miniLM: Self.titles
    case .transformerTitles: Self.drawnLengths
    default: nil
    }
  }

  var architecture: EncoderArchitecture {
    switch self {
    case .transformerImage, .transformerText, .transformerSmall, .transformerTitles:
      var options = TransformerOptions()
      options.size = [.transformerSmall, .transformerTitles].contains(self) ? .small : .base
      options.positions = .learned
      if vocabulary != nil { (options.input, options.vocabulary) = (.text, vocabulary) }
      return .transformer(options)
    case .miniLM:
      var options = TransformerOptions()
      (options.width, options.depth, options.heads) = (384, 6, 12)
      (options.input, options.vocabulary, options.maximumPositions) = (.text, vocabulary, 512)
      (options.norm, options.epsilon, options.embeddingNorm) = (.post, 1e-12, true)
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
    case .transformerImage, .transformerSmall, .resnetImage: [224, 224, 3]
    case .transformerText, .miniLM: [128]
    case .transformerTitles: [256]
    case .resnetSpectrogram: [129, 626, 1]
    case .cnn: [28, 28, 1]
    case .mlp: [300]
    case .smallMLP: [74]
    }
  }

  var batch: Int {
    switch self {
    case .transformerImage, .transformerText: 8
    case .transformerSmall, .resnetImage, .resnetSpectrogram: 16
    case .cnn, .mlp: 64
    case .smallMLP, .miniLM, .transformerTitles: 32
    }
  }

  var features: Int {
    switch self {
    case .transformerImage, .transformerText: 768
    case .transformerSmall, .transformerTitles, .miniLM: 384
    case .resnetImage, .resnetSpectrogram, .mlp: 512
    case .cnn, .smallMLP: 64
    }
  }

  /// How many steps a median is taken of, and how many go before: the fewer, the longer they take.
  var steps: (measured: Int, before: Int) {
    switch self {
    case .miniLM: (20, 3)
    case .transformerTitles: (5, 2)
    case .cnn: (50, 10)
    case .mlp: (200, 20)
    case .smallMLP: (2_000, 200)
    default: (3, 1)
    }
  }
}
