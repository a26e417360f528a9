import Networks
import Pretrained
import Storage
import Tensors

/// An encoder as other libraries have it: what it is made of, and its arrays in their layouts.
///
/// A network takes mini-batches in our layout, standardised: the first thing that pictures meet is that their
/// channels go first.
enum Network {
  /// A chain of plain layers; of pictures, which have channels, or of anything.
  case chain(PlainChain, takesPictures: Bool)
  /// A residual network by torchvision's names; `fc` is there where the width is not that of the features.
  case resNet(ResNetOptions, tensors: [NamedState], features: Int?)
  /// A transformer by timm's names.
  case transformer(TransformerNetwork)
  /// The mean of tokens' vectors, and a chain behind it.
  case bagOfWords(vectors: NamedState, PlainChain)

  /// The network of a modality.
  ///
  /// - Throws: `FileError` where other libraries have nothing like it.
  init(of modality: SavedModality, place: String) throws {
    switch modality.architecture {
    case .mlp(let options): self = .chain(PlainChain(options, of: modality), takesPictures: false)
    case .cnn(let options): self = .chain(PlainChain(options, of: modality), takesPictures: true)
    case .resnet18(let options):
      let layout = ForeignLayout(
        modality.arrays, of: modality.architecture, inputShape: modality.sampleShape,
        as: .torchvisionResNet18)
      self = .resNet(
        options, tensors: layout.tensors + Self.renamed(layout.rest, "linear1.", to: "fc."),
        features: modality.shape("linear1.weight")?[0])
    case .transformer(let options):
      self = .transformer(TransformerNetwork(options, of: modality))
    case .bagOfWords(let options):
      guard options.longestGram == 1 else {
        throw FileError(
          place,
          "the bag_of_words of modality \(modality.name) hashes runs of up to \(options.longestGram) tokens, "
            + "which exported models do not; train it with ngrams: 1")
      }
      let vectors = modality.arrays.filter { $0.name == "bag1.vectors" }
      self = .bagOfWords(
        vectors: Self.renamed(vectors, "bag1.vectors", to: "embedding.weight")[0],
        PlainChain(options, of: modality))
    case .standIn:
      throw FileError(
        place,
        "the encoder of modality \(modality.name) is a stand_in, which computes nothing; there is nothing to "
          + "export")
    }
  }

  /// Its arrays by the names of other libraries.
  var tensors: [NamedState] {
    switch self {
    case .chain(let chain, _): chain.tensors
    case .resNet(_, let tensors, _): tensors
    case .transformer(let network): network.tensors
    case .bagOfWords(let vectors, let chain): [vectors] + chain.tensors.named(in: "layers.")
    }
  }

  /// Arrays whose names begin with `old`, with `new` in its place.
  static func renamed(_ arrays: [NamedState], _ old: String, to new: String) -> [NamedState] {
    arrays.filter { $0.name.hasPrefix(old) }.compactMap { array in
      array.values(of: Float.self).map {
        NamedState(new + array.name.dropFirst(old.count), array.shape, Buffer($0))
      }
    }
  }
}
