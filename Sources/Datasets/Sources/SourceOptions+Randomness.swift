extension SourceOptions {
  /// The key of what a source changes at random in a training sample, each time that it is read:
  /// `data.crop`; nil: nothing. A new kind says so here.
  public var randomness: String? {
    switch self {
    case .synthetic, .arrays, .audio, .text, .idx: nil
    }
  }
}
