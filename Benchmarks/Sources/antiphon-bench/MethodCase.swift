import Configuration
import Datasets
import Methods
import Networks
import Tensors

/// A pair of encoders that methods are compared with: one of pictures, and an MLP beside it.
enum MethodCase: String, CaseIterable {
  /// A small convolutional network: what a quick run has.
  case cnn
  /// ResNet-18 of small pictures: many weights for few samples.
  case resnet
  /// A transformer of small pictures.
  case transformer

  var description: String {
    switch self {
    case .cnn: "cnn of 28 x 28 pictures beside mlp 74-64-64, batch 64, 10 classes"
    case .resnet: "resnet18 of 64 x 64 pictures beside mlp 300-512-512, batch 16, 10 classes"
    case .transformer:
      "transformer (tiny, 64 patches) of 64 x 64 pictures beside mlp 300-512-192, batch 16, 10 classes"
    }
  }

  private var architecture: EncoderArchitecture {
    switch self {
    case .cnn: return .cnn(CNNOptions())
    case .resnet: return .resnet18(ResNetOptions())
    case .transformer:
      var options = TransformerOptions()
      (options.size, options.positions) = (.tiny, .learned)
      (options.patchHeight, options.patchWidth) = (8, 8)
      return .transformer(options)
    }
  }

  private var shapes: [Shape] { self == .cnn ? [[28, 28, 1], [74]] : [[64, 64, 3], [300]] }
  private var hidden: Int { self == .cnn ? 64 : 512 }
  private var batchSize: Int { self == .cnn ? 64 : 16 }
  private var features: Int {
    switch self {
    case .cnn: 64
    case .resnet: 512
    case .transformer: 192
    }
  }

  /// How often each method is measured.
  var rounds: Int { self == .cnn ? 7 : 3 }

  /// A run by a method. An epoch has as many mini-batches as a tenth of it, which PMR looks at first, needs.
  func run(_ method: MethodChoice) -> MethodRun {
    var mlp = MLPOptions()
    mlp.hidden = [hidden]
    let encoders = [("first", architecture), ("second", .mlp(mlp))]
    var configuration = RunConfiguration(
      classes: (0..<10).map { "\($0)" },
      modalities: encoders.map {
        ModalityConfiguration(name: $0, source: .synthetic(.init()), encoder: $1)
      })
    configuration.method = method
    (configuration.features, configuration.batchSize) = (features, batchSize)
    configuration.optimizer.learningRate = 1e-3
    for place in encoders.indices {
      configuration.modalities[place].optimizer = configuration.optimizer
    }
    return MethodRun(
      configuration: configuration, shapes: shapes, cyclesPerEpoch: self == .cnn ? 20 : 10,
      epochs: self == .cnn ? 5 : 1)
  }
}
