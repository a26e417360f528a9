import Configuration
import Datasets
import Networks
import Tensors

/// One modality of a saved model: its encoder with all weights, what its samples are standardised by, and its
/// head.
public struct SavedModality {
  /// The name in the configuration.
  public let name: String
  /// What the samples are, as the configuration has it.
  public let source: SourceOptions
  /// The encoder, with everything that data or weights of others have decided.
  public let architecture: EncoderArchitecture
  /// The shape of one sample.
  public let sampleShape: Shape
  /// The encoder's arrays, in our layouts: parameters, then running statistics.
  public let arrays: [NamedState]
  /// What is subtracted from samples, and what they are divided by.
  public let standardiser: Standardiser
  /// What makes logits of the features.
  public let head: SavedHead
  /// Of texts by words, the word of each token number from 2 on; empty: samples are something else.
  var vocabulary: [String] = []

  /// A file with the token of each number, a line each from 0 on; nil: there is none.
  var vocabularyText: String? {
    vocabulary.isEmpty
      ? nil : (["[PAD]", "[UNK]"] + vocabulary).joined(separator: "\n") + "\n"
  }

  /// The values of one of the encoder's arrays; empty where there is none of that name.
  func values(_ name: String) -> [Float] {
    arrays.first { $0.name == name }?.values(of: Float.self) ?? []
  }

  /// The shape of one of the encoder's arrays; nil where there is none of that name.
  func shape(_ name: String) -> Shape? { arrays.first { $0.name == name }?.shape }
}

/// A linear map of features to logits.
public struct SavedHead {
  /// `[K, D]`.
  public let weight: [Float]
  /// `[K]`, with the modality's share of a bias that all have in common.
  public let bias: [Float]
}
