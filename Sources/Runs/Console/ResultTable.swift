import Configuration
import Coordinator
import MLA

/// Results as a table: a row a predictor, or a row a run.
enum ResultTable {
  /// The result of one run: its fusions, then every modality by itself.
  static func ofRun(_ evaluation: Evaluation, of configuration: RunConfiguration) -> TextTable {
    var table = TextTable(["predictor", "samples", "accuracy %", "macro-F1 %"])
    for fused in evaluation.fused where shows(fused.kind, configuration) {
      let name = fused.kind == evaluation.primary.kind ? "\(fused.kind) *" : fused.kind
      table.add([
        "fused, \(name)", Numerals.grouped(evaluation.labels.count),
        Numerals.percent(fused.metrics.accuracy), Numerals.percent(fused.metrics.macroF1),
      ])
    }
    for modality in evaluation.modalities {
      table.add([
        "\(modality.name) alone", Numerals.grouped(modality.sampleCount),
        Numerals.percent(modality.metrics.accuracy), Numerals.percent(modality.metrics.macroF1),
      ])
    }
    return table
  }

  /// Whether tables have a row for a fusion. Under weights that nobody gave, fixed ones are averages by
  /// another name; the one that a run is about is shown in any case.
  static func shows(_ kind: String, _ configuration: RunConfiguration) -> Bool {
    let fixed = [FusionKind.fixedLogits, .fixedProbabilities].map(\.rawValue)
    return !fixed.contains(kind) || configuration.fusion.weights != nil
      || kind == configuration.fusion.kind.rawValue
  }

  /// Several runs side by side, each with its own fusion and every modality by itself.
  static func comparing(_ runs: [(title: String, evaluation: Evaluation)]) -> TextTable {
    let names = runs.first?.evaluation.modalities.map(\.name) ?? []
    var table = TextTable(
      ["accuracy / macro-F1, %", "fused"] + names.map { "\($0) alone" })
    for (title, evaluation) in runs {
      let cells = ([evaluation.primary.metrics] + evaluation.modalities.map(\.metrics)).map {
        "\(Numerals.decimals($0.accuracy * 100, 1)) / \(Numerals.decimals($0.macroF1 * 100, 1))"
      }
      table.add([title] + cells)
    }
    return table
  }

  /// Accuracies in a few words: `test: fused 96.05 audio 71.20 image 90.10`.
  static func inBrief(
    split: String, fused: Double, _ modalities: [(name: String, accuracy: Double)]
  ) -> String {
    let parts = [("fused", fused)] + modalities
    return "\(split): "
      + parts.map { "\($0) \(Numerals.percent($1))" }.joined(separator: " ")
  }
}

extension Evaluation {
  /// The accuracies in a few words.
  var inBrief: String {
    ResultTable.inBrief(
      split: split.rawValue, fused: primary.metrics.accuracy,
      modalities.map { ($0.name, $0.metrics.accuracy) })
  }
}
