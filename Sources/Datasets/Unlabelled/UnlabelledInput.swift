/// Samples of one modality that nobody has labelled, as they are named where a model is asked about them.
public enum UnlabelledInput: Sendable, Equatable {
  /// Many samples: a manifest, a folder of files, an array or an IDX file.
  ///
  /// `ids` names the rows of an array: a file with one id a line, or a CSV file with columns `id,index`;
  /// nil: the row's number is the id. `root` is what relative paths of a manifest start from; nil: the
  /// manifest's folder.
  case listed(path: String, ids: String? = nil, root: String? = nil)
  /// One sample: a file.
  case file(String)
  /// One sample: a text.
  case text(String)
  /// Samples that are numbers in memory, each with all values of its shape, row-major.
  case values([[Float]])

  /// Whether it is one sample, which somebody has named by itself.
  public var isSingle: Bool {
    switch self {
    case .listed, .values: false
    case .file, .text: true
    }
  }

  /// The id of a sample that was named by itself, whatever its modalities.
  public static let singleID = "sample"
}
