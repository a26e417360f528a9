/// Where a modality's samples come from. Paths are relative to the data root.
public enum SourceOptions: Sendable, Equatable {
  /// Made up from a seed: needs no files.
  case synthetic(SyntheticOptions)
  /// One row a sample in `.npy` or `.npz` files.
  case arrays(ArrayOptions)
  /// One sound file a sample.
  case audio(AudioOptions)
  /// One picture file a sample.
  case images(PictureOptions)
  /// One film, or one folder of frames, a sample.
  case video(VideoOptions)
  /// Images in an IDX file, as MNIST has them.
  case idx(ImageOptions)
  /// Texts in CSV files.
  case text(TextOptions)
}

/// Options of the built-in data sets (`lazy2`, `lazy3`).
public struct SyntheticOptions: Sendable, Equatable {
  /// The built-in sets.
  public enum Set: String, Sendable, CaseIterable {
    case lazy2, lazy3
  }

  /// The built-in set.
  public var set = Set.lazy2
  /// The modality of the set, by number: 0 is the strong one.
  public var component = 0
  /// The seed everything is drawn from; nil: the run's seed.
  public var seed: UInt64?

  /// The strong modality of lazy2.
  public init() {}
}

/// The array files of one split: rows of `values` belong together with rows of `labels` and `ids`.
///
/// A path is a `.npy` file, or an array of a `.npz` file written `file.npz:name`.
public struct ArraySplit: Sendable, Equatable {
  /// `[samples, …]`: float32, float64 or integers.
  public var values: String
  /// `[samples]`, integers. Nil where a manifest gives the labels.
  public var labels: String?
  /// A text file with one id a line; nil: the row's number is the id.
  public var ids: String?
  /// A CSV file with columns `id,label,index` that replaces `labels` and `ids`; it may use some rows.
  public var manifest: String?

  /// Values with labels or a manifest.
  public init(values: String, labels: String? = nil, ids: String? = nil, manifest: String? = nil) {
    self.values = values
    self.labels = labels
    self.ids = ids
    self.manifest = manifest
  }
}

/// Options of `arrays`.
public struct ArrayOptions: Sendable, Equatable {
  /// The training samples.
  public var train: ArraySplit
  /// Nil: there is no test split.
  public var test: ArraySplit?
  /// What is subtracted and divided by.
  public var standardise = Standardisation.none

  /// Arrays of a training and a test split.
  public init(train: ArraySplit, test: ArraySplit?) {
    self.train = train
    self.test = test
  }
}

/// What is subtracted and divided by, fitted on the training samples alone.
public enum Standardisation: String, Sendable, CaseIterable {
  case none
  /// Mean and standard deviation of each element over the samples; constant elements become 0.
  case feature
  /// One mean and one standard deviation of all elements.
  case global
}

/// Options of `idx`: unsigned bytes `[images, height, width]`, scaled to 0 … 1.
public struct ImageOptions: Sendable, Equatable {
  /// The files of one split.
  public struct Split: Sendable, Equatable {
    /// An IDX3 file, raw or gzip.
    public var images: String
    /// An IDX1 file, raw or gzip; the row's number is then the id. Nil where manifests are given.
    public var labels: String?
    /// CSV files with columns `id,label,index` that use some of the images.
    public var manifests: [String] = []

    /// Images with labels or manifests.
    public init(images: String, labels: String? = nil, manifests: [String] = []) {
      self.images = images
      self.labels = labels
      self.manifests = manifests
    }
  }

  /// The training samples.
  public var train: Split
  /// Nil: there is no test split.
  public var test: Split?
  /// The size that the encoder sees; nil: the size of the files.
  public var resize: PictureSize?
  /// What is subtracted and divided by.
  public var standardise = Standardisation.none

  /// Images of a training and a test split.
  public init(train: Split, test: Split?) {
    self.train = train
    self.test = test
  }
}
