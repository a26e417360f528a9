extension SourceOptions {
  /// The key of what a source changes at random in a training sample, each time that it is read:
  /// `data.crop`; nil: nothing. A new kind says so here.
  public var randomness: String? {
    switch self {
    case .synthetic, .arrays, .text, .idx: nil
    case .audio(let options): options.randomness
    case .images(let options): options.randomness
    case .video(let options):
      options.pick.place == .random ? "data.pick" : options.picture.randomness
    }
  }
}

extension AudioOptions {
  fileprivate var randomness: String? {
    if alignment == .random { return "data.align" }
    if spectrogram.jitter > 0 { return "data.spectrogram.jitter" }
    return spectrogram.roll > 0 ? "data.spectrogram.roll" : nil
  }
}

extension PictureOptions {
  fileprivate var randomness: String? {
    if crop == .random { return "data.crop" }
    if flips { return "data.flip" }
    return jitter == ColourJitter() ? nil : "data.jitter"
  }
}
