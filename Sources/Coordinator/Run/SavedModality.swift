/// What is known of a modality when its weights are saved, and what using them needs.
public struct SavedModality: Sendable, Equatable {
  /// The axes of one sample.
  public let sampleShape: [Int]
  /// The encoder with all that data and weights decide of it, as YAML; empty: nobody has told.
  public let encoder: String
  /// The number of different tokens of texts; 0: samples are no texts.
  public let tokenCount: Int
  /// The most samples of a forward pass when they are evaluated.
  public let capacity: Int
  /// The hash of the data that it was trained on.
  public let dataDigest: String
}
