extension ModalityData {
  /// Opens a modality's samples: everything that can be checked before training is checked here. Sounds
  /// become samples at once; of other kinds the files' contents are held, and become samples one by
  /// one, as they are read.
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
    // Decoding and transforming a sound takes longer than a turn.
    case .audio(let options): try AudioSource.open(options, root: root, classes: classes).cached()
    case .text(let options): try TextSource.open(options, root: root, classes: classes)
    case .images(let options):
      try .open(train: options.train, test: options.test, root: root, classes: classes) {
        PicturePreparer(options)
      }
    case .idx(let options): try ImageSource.open(options, root: root, classes: classes)
    }
  }

  /// Both splits, read once into memory.
  public func cached() throws -> ModalityData {
    func cached(_ source: any SampleSource) throws -> any SampleSource {
      source is CachedSource || source is EmptySource ? source : try CachedSource(source)
    }
    return ModalityData(
      train: try cached(train), test: try cached(test), warnings: warnings, leftOut: leftOut)
  }
}
