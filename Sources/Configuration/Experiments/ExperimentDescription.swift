import MLA
import Storage

/// What an experiment runs, and what it tells: one file beside the configuration of a run.
public struct ExperimentDescription: Sendable {
  /// How the best of a sweep is chosen.
  public enum Selection: String, Sendable, CaseIterable {
    /// Not at all: every point of the grid has its rows.
    case none
    /// Of each variant, the point with the highest mean accuracy on the validation split.
    case validation
  }

  /// Modalities that are absent at test time, and nowhere else.
  public struct MissingCondition: Sendable, Equatable {
    /// How they are drawn.
    public var kind = MissingOptions.Kind.exact
    /// The rates, rising.
    public var rates: [Double] = []
  }

  /// Inputs of one modality that are spoilt at test time.
  public struct SpoiltCondition: Sendable, Equatable {
    /// What becomes of them.
    public var kinds = SpoiltInput.allCases
    /// The shares of the samples.
    public var rates: [Double] = []

    /// What a run must keep for it.
    var passed: [SpoiltInput] {
      rates.isEmpty ? [] : SpoiltInput.allCases.filter { $0 != .swapped && kinds.contains($0) }
    }
  }

  /// What models are tested on beside their own test split.
  public struct Conditions: Sendable, Equatable {
    /// Modalities absent at several rates; no rates: none.
    public var missing = MissingCondition()
    /// Inputs spoilt at several rates; no rates: none.
    public var spoilt = SpoiltCondition()
    /// Whether every subset of the modalities has its turn, and what each contributes is told.
    public var hasSubsets = false
  }

  /// How the logits of the modalities become a prediction in a row of the tables.
  public enum ReportedFusion: Sendable, Equatable, Hashable {
    /// The model's own way to predict, or the configuration's `fusion` where it has none.
    case own
    /// A fusion of logits.
    case kind(FusionKind)

    /// What tables call it.
    public var name: String {
      switch self {
      case .own: "own"
      case .kind(let kind): kind.rawValue
      }
    }
  }

  /// The configuration that all variants start from.
  public internal(set) var base = ""
  /// What all runs have in place of the base's.
  var settings: [ExperimentSetting] = []
  /// The same, from the command line.
  var overrides: [Override] = []
  /// What is compared.
  var variants: [ExperimentVariant] = []
  /// Keys with the values that each variant has by turns.
  public internal(set) var grid: [ExperimentAxis] = []
  /// A run a seed.
  public internal(set) var seeds: [UInt64] = [0]
  /// The variant that the others are compared with; nil: the first.
  public internal(set) var reference: String?
  /// How the best of a sweep is chosen.
  public internal(set) var selection = Selection.none
  /// Whether late fusion of separate models stands beside the variants.
  public internal(set) var hasBaselines = true
  /// What models are tested on beside their own test split.
  public internal(set) var conditions = Conditions()
  /// Whether it is told how far apart the modalities' features lie.
  public internal(set) var tellsGap = false
  /// What rows there are for each variant.
  public internal(set) var fusions: [ReportedFusion] = [.own]
  /// What is trained: every variant at every point of the grid, then the baselines.
  public internal(set) var points: [ExperimentPoint] = []

  /// The keys of the base's file.
  var root = ConfigurationNode(
    content: .mapping([]), place: .init(file: "", line: nil), path: "")

  init() {}
}

/// One `key: value` that a run has in place of its base's.
struct ExperimentSetting: Sendable {
  let key: String
  let value: ConfigurationNode
}

/// A variant as it is written.
struct ExperimentVariant: Sendable {
  let name: String
  var settings: [ExperimentSetting]
  var isBaseline = false
  let node: ConfigurationNode
}

/// One key of the grid.
public struct ExperimentAxis: Sendable {
  /// The key, such as `optimizer.lr`.
  public let key: String
  let values: [ConfigurationNode]
}

/// A variant at one point of the grid: what is trained once a seed.
public struct ExperimentPoint: Sendable {
  /// The name of the variant.
  public let variant: String
  /// Whether it stands there without having been asked for.
  public let isBaseline: Bool
  /// Where in the grid it is: keys and values as they are written.
  public let grid: [(key: String, value: String)]
  /// The folder of its runs: its own, or that of another point with the same training.
  public internal(set) var folder: String
  /// Its configuration with the first seed.
  public internal(set) var configuration: RunConfiguration
  let settings: [ExperimentSetting]

  /// What tables call it.
  public var name: String {
    ([variant] + grid.map { "\($0.key) \($0.value)" }).joined(separator: ", ")
  }
}
