import Storage

/// What a model's file remembers of how its texts become token numbers.
public struct SavedTokeniser: Sendable, Equatable {
  /// The tokeniser's `identity`.
  public let identity: String
  /// The tokeniser's `content`.
  public let content: String?
  /// The file as messages name it.
  public let place: String

  /// What a file remembers.
  public init(identity: String, content: String?, place: String) {
    (self.identity, self.content, self.place) = (identity, content, place)
  }
}

extension TextOptions {
  /// The tokeniser that a model was trained with, as far as the model's own file has it.
  ///
  /// Nil where the file has no more of it than a hash: it was written by an older build, whose model needs
  /// the `vocabulary_file` that it was trained with.
  ///
  /// - Throws: `FileError` where what was saved is not whole.
  public func tokeniser(saved: SavedTokeniser) throws -> (any Tokeniser)? {
    let tokeniser: any Tokeniser
    switch (tokens, saved.content) {
    case (.wordpiece, nil): return nil
    case (.wordpiece, let content?):
      tokeniser = try WordPiece(
        bytes: Array(content.utf8), place: saved.place, ignoresCase: ignoresCase,
        addsSpecialTokens: addsSpecialTokens)
    case (.words, _):
      tokeniser = Vocabulary(identity: saved.identity, unit: .words, ignoresCase: ignoresCase)
    case (.characters, _):
      tokeniser = Vocabulary(
        identity: saved.identity, unit: .characters, ignoresCase: ignoresCase)
    }
    // Scalar by scalar: strings would be equal that are only canonically equivalent.
    guard tokeniser.identity.unicodeScalars.elementsEqual(saved.identity.unicodeScalars) else {
      throw FileError(
        saved.place,
        "holds a vocabulary that is not the one that the weights were trained with; put the file "
          + "back from a copy, or train again")
    }
    return tokeniser
  }
}
