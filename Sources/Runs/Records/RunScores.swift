import Configuration
import Coordinator
import MLA

/// How well a finished run predicts: what is compared and averaged over several runs.
struct RunScores {
  /// One way to predict.
  struct Row {
    /// A fusion, the model's own prediction, or a modality.
    let name: String
    let accuracy: Double
    let macroF1: Double
    let balancedAccuracy: Double
  }

  /// The split that they are of; nil: there was none, and there are no rows.
  let split: String?
  /// The model's own prediction, where it has one; the fusion that the configuration names; the others.
  let fused: [Row]
  /// Each modality by itself, in the order of the configuration.
  let modalities: [Row]
  /// Seconds of training, evaluation and saving included.
  let seconds: Double

  /// The scores of a run that has just ended.
  init(_ result: RunResult) {
    let evaluation = result.evaluation
    split = evaluation?.split.rawValue
    seconds = result.seconds
    fused = (evaluation?.fused ?? []).map {
      Row(name: $0.kind, $0.metrics)
    }
    modalities = (evaluation?.modalities ?? []).map {
      Row(name: $0.name, $0.metrics)
    }
  }

  /// The scores of a run that ended before, from its `summary.json`.
  ///
  /// - Throws: `RunError.unreadable` where that is not of such a run.
  init(of directory: RunDirectory, _ configuration: RunConfiguration) throws {
    guard let summary = try RecordFile.read(Summary.self, from: directory.summary) else {
      throw RunError.unreadable(file: directory.summary, problem: "is missing")
    }
    guard (summary.split == nil) == (summary.fused == nil),
      (summary.split == nil) == (summary.modalities == nil)
    else {
      throw RunError.unreadable(
        file: directory.summary, problem: "has only some of split, fused and modalities")
    }
    split = summary.split
    seconds = summary.seconds
    func rows(_ names: [String], _ scores: [String: Summary.Score]?, _ key: String) throws -> [Row]
    {
      guard let scores else { return [] }
      return try names.map { name in
        guard let score = scores[name] else {
          throw RunError.unreadable(
            file: directory.summary, problem: "\(key): found no '\(name.legible())'")
        }
        // What is not a number is written as null.
        return Row(
          name: name, accuracy: score.accuracy ?? .nan, macroF1: score.macroF1 ?? .nan,
          balancedAccuracy: score.balancedAccuracy ?? .nan)
      }
    }
    let kinds = FusionKind.allCases.map(\.rawValue)
    let own = (summary.fused ?? [:]).keys.filter { !kinds.contains($0) }.sorted()
    let named = Self.named(configuration, summary.fused)
    let others = kinds.filter { $0 != named && summary.fused?[$0] != nil }
    fused = try rows(own + [named] + others, summary.fused, "fused")
    modalities = try rows(
      configuration.modalities.map(\.name), summary.modalities, "modalities")
  }

  /// The fusion that the configuration names, or what takes the place of one that was not fitted.
  private static func named(
    _ configuration: RunConfiguration, _ scores: [String: Summary.Score]?
  ) -> String {
    let kind = configuration.fusion.kind
    let isThere = !kind.isFitted || scores?[kind.rawValue] != nil
    return (isThere ? kind : .averageLogits).rawValue
  }

  /// The accuracies in a few words: `test: fused 96.05 audio 71.20 image 90.10`.
  var inBrief: String? {
    guard let split, let primary = fused.first else { return nil }
    return ResultTable.inBrief(
      split: split, fused: primary.accuracy, modalities.map { ($0.name, $0.accuracy) })
  }

  /// What is read of a `summary.json`.
  private struct Summary: Decodable {
    struct Score: Decodable {
      let accuracy: Double?
      let macroF1: Double?
      let balancedAccuracy: Double?

      private enum CodingKeys: String, CodingKey {
        case accuracy
        case macroF1 = "macro_f1"
        case balancedAccuracy = "balanced_accuracy"
      }
    }

    let split: String?
    let seconds: Double
    let fused: [String: Score]?
    let modalities: [String: Score]?
  }
}

extension RunScores.Row {
  fileprivate init(name: String, _ metrics: ClassificationMetrics) {
    self.init(
      name: name, accuracy: metrics.accuracy, macroF1: metrics.macroF1,
      balancedAccuracy: metrics.balancedAccuracy)
  }
}
