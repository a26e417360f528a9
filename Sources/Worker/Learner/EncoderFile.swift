import Datasets
import Storage
import Tensors

/// What the file of a modality's weights holds beside them, and what its tensors are called.
package enum EncoderFile {
  /// How the names of the encoder's tensors begin.
  package static let encoderPrefix = "encoder."
  /// How those of the modality's own heads do.
  package static let headPrefix = "head."
  /// How those of what samples are standardised by do.
  static let standardisePrefix = "standardise."

  private static let vocabularyKey = "vocabulary"
  private static let vocabularyFileKey = "vocabulary_file"

  /// The standardiser of a kind as `file` has it, for samples of a shape.
  ///
  /// - Throws: `FileError` where the file has none, or one for other samples.
  package static func standardiser(
    _ kind: Standardisation, from file: TensorFile, sampleShape: Shape
  ) throws -> Standardiser {
    guard kind != .none else {
      return try Standardiser(restoring: kind, means: [], scales: [], sampleShape: sampleShape)
    }
    return try Standardiser(
      restoring: kind, means: file.tensor(named: standardisePrefix + "means").floats(),
      scales: file.tensor(named: standardisePrefix + "scales").floats(), sampleShape: sampleShape)
  }

  /// What the metadata remember of the tokens of a modality's texts; nil: its samples are no texts.
  package static func tokeniser(
    in metadata: [String: String], place: String
  ) -> SavedTokeniser? {
    metadata[vocabularyKey].map {
      SavedTokeniser(identity: $0, content: metadata[vocabularyFileKey], place: place)
    }
  }

  /// Those of `metadata` that `tokeniser(in:place:)` reads.
  static func vocabulary(in metadata: [String: String]) -> [String: String] {
    metadata.filter { [vocabularyKey, vocabularyFileKey].contains($0.key) }
  }

  /// What metadata are to remember of a tokeniser.
  static func metadata(of tokeniser: any Tokeniser) -> [String: String] {
    var metadata = [vocabularyKey: tokeniser.identity]
    metadata[vocabularyFileKey] = tokeniser.content
    return metadata
  }
}
