extension ModalityData {
  /// Opens a modality's samples: everything that can be checked before training is checked here. Files
  /// that are samples are decoded once, and kept as far as `media` has memory; of other kinds the files'
  /// contents are held, and become samples one by one, as they are read.
  ///
  /// A new kind of data is a new file with a source, and a line here. Nothing is standardised yet:
  /// `standardised(with:)` follows when it is settled which samples are trained on.
  /// - Parameters:
  ///   - root: what relative paths start at.
  ///   - classes: the names of the classes; labels are below their number.
  ///   - seed: the run's seed, used by data that is drawn.
  ///   - media: how files that are samples are opened and loaded.
  public static func open(
    _ options: SourceOptions, root: String, classes: [String], seed: UInt64,
    media: MediaPolicy = .init()
  ) throws -> ModalityData {
    switch options {
    case .synthetic(let options): try SyntheticSource.open(options, classes: classes, seed: seed)
    case .arrays(let options): try ArraySource.open(options, root: root, classes: classes)
    case .audio(let options):
      try AudioSource.open(options, root: root, classes: classes, media: media)
    case .text(let options): try TextSource.open(options, root: root, classes: classes)
    case .images(let options):
      try .open(
        train: options.train, test: options.test, root: root, classes: classes, policy: media
      ) {
        PicturePreparer(options)
      }
    case .video(let options):
      try VideoSource.open(options, root: root, classes: classes, media: media)
    case .idx(let options): try ImageSource.open(options, root: root, classes: classes)
    }
  }
}
