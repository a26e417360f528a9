extension ModalityData {
  /// Opens a modality's test samples alone: all that evaluation needs once a model stands. The training split
  /// is empty, and its files may be gone.
  ///
  /// - Parameter saved: what the model remembers of its texts' tokens; nil where it has no texts.
  /// - Throws: `FileError` where the samples cannot be used, or the model was saved without its vocabulary.
  public static func openTest(
    _ options: SourceOptions, root: String, classes: [String], seed: UInt64,
    media: MediaPolicy, saved: SavedTokeniser?
  ) throws -> ModalityData {
    func alone(_ test: any SampleSource) -> ModalityData {
      ModalityData(train: EmptySource(sampleShape: test.sampleShape), test: test)
    }
    switch options {
    case .arrays(let options):
      guard let test = options.test else { break }
      return alone(try ArraySource(test, root: root, classes: classes))
    case .idx(let options):
      guard let test = options.test else { break }
      return alone(
        try ImageSource(test, root: root, classes: classes, resize: options.resize))
    case .text(let options):
      guard !options.test.isEmpty, let saved,
        let tokeniser = try options.tokeniser(saved: saved)
      else { break }
      return try TextSource.openTest(options, root: root, classes: classes, tokeniser)
    case .audio(var options) where !options.test.isEmpty:
      options.train = []
      return try AudioSource.open(options, root: root, classes: classes, media: media)
    case .images(let options) where !options.test.isEmpty:
      return try .open(
        train: [], test: options.test, root: root, classes: classes, policy: media
      ) {
        PicturePreparer(options)
      }
    case .video(var options) where !options.picture.test.isEmpty:
      options.picture.train = []
      return try VideoSource.open(options, root: root, classes: classes, media: media)
    case .synthetic, .audio, .images, .video: break
    }
    return try open(options, root: root, classes: classes, seed: seed, media: media)
  }
}
