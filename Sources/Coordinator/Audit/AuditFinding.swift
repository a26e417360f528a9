import Exchange

/// Something that makes the results of a split say more, or less, than they seem to.
public struct AuditFinding: Sendable, Equatable {
  /// What is wrong.
  public enum Kind: String, Sendable, CaseIterable {
    /// Training would refuse the data.
    case refused
    /// The same written ids stand in the training and in the test files.
    case sharedIDs = "shared_ids"
    /// A speaker, a page, a dialogue is on both sides.
    case sharedGroups = "shared_groups"
    /// Decoded samples are equal though their ids are not.
    case identicalSamples = "identical_samples"
    /// Texts are nearly the same.
    case nearTexts = "near_identical_texts"
    /// Equal samples have different labels.
    case conflictingLabels = "conflicting_labels"
    /// Two modalities have no sample in common.
    case idsApart = "ids_never_meet"
    /// A class has no sample in a split.
    case missingClasses = "missing_classes"
    /// The classes have other shares than in training.
    case classBalance = "class_balance"
    /// A modality is better on validation samples than on test samples: its features know the labels.
    case knownLabels = "features_know_labels"
  }

  /// What is wrong.
  public let kind: Kind
  /// The split that is compared with training; nil: training itself, or no split.
  public let split: EvaluatedSplit?
  /// The modality; nil: the samples of all.
  public let modality: String?
  /// How many samples (or classes) are concerned, and of how many; nil: that is not a number of them.
  public let count, total: Int?
  /// Some of them, by their names: a sample with its double, a group, a class.
  public let examples: [[String]]
  /// What it means, and what to do.
  public let sentence: String

  /// The most examples that a finding has.
  static let exampleCount = 3

  /// A finding with all its facts; of the examples, the first few are kept.
  public init(
    _ kind: Kind, split: EvaluatedSplit? = nil, modality: String? = nil, count: Int? = nil,
    of total: Int? = nil, examples: [[String]] = [], _ sentence: String
  ) {
    (self.kind, self.split, self.modality) = (kind, split, modality)
    (self.count, self.total) = (count, total)
    self.examples = Array(examples.prefix(Self.exampleCount))
    self.sentence = sentence
  }

  /// Whether two shares, of `n` samples and of `m` others, differ by more than three standard errors of the
  /// difference of two shares that are one.
  public static func isBeyondChance(_ a: Double, of n: Int, _ b: Double, of m: Int) -> Bool {
    let (n, m) = (Double(n), Double(m))
    let pooled = (a * n + b * m) / (n + m)
    return abs(a - b) > 3 * (pooled * (1 - pooled) * (1 / n + 1 / m)).squareRoot()
  }
}
