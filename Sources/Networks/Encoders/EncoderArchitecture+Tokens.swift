extension EncoderArchitecture {
  /// Whether samples are lists of token numbers, which mean nothing as numbers.
  public var readsTokens: Bool {
    switch self {
    case .transformer(let options): options.input == .text
    case .bagOfWords: true
    default: false
    }
  }
}
