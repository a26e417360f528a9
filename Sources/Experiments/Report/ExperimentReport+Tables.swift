import Configuration
import Runs
import Statistics

extension ExperimentReport {
  /// A row for each row of the findings.
  func table(
    _ name: String, _ title: String, _ columns: [String],
    _ cells: (ExperimentFindings.Row) -> [String]
  ) -> TitledTable {
    TitledTable(
      name: name, title: title, header: ["method"] + columns,
      rows: rows.map { [$0.name] + cells($0) })
  }

  /// Accuracies, and how they differ from the reference.
  var results: TitledTable {
    let alone = modalities.map { "\($0) alone %" }
    let columns =
      ["runs", "accuracy %", "macro-F1 %"] + alone
      + ["difference", "p", "p (Holm)", "95 % samples", "95 % seeds, samples"]
    return table("results", "\(name): test accuracy", columns) { row in
      guard !row.finished.isEmpty else {
        return [row.failure == nil ? "0" : "failed"]
          + Array(repeating: "-", count: columns.count - 1)
      }
      let runs =
        "\(row.finished.count)" + (row.failure == nil ? "" : " of \(row.cells.count), failed")
      let own =
        [runs, Self.percent(row.moments(\.accuracy)), Self.percent(row.moments(\.macroF1))]
        + modalities.indices.map { modality in
          Self.percent(
            row.moments { cell in
              let accuracy = cell.modalityAccuracies[modality]
              return accuracy.isFinite ? accuracy : nil
            })
        }
      guard let difference = row.difference else {
        return own + [row.name == reference ? "reference" : "-"] + Array(repeating: "-", count: 4)
      }
      return own + [
        Self.signed(difference.moments.mean), Self.p(difference),
        Self.p(difference.holm), Self.interval(difference.overSamples),
        Self.interval(difference.overBoth),
      ]
    }
  }

  private static func p(_ difference: Difference) -> String {
    if let found = difference.p { return p(found) }
    return
      "not testable with \(Numerals.counted(difference.values.count, "seed", "seeds"))"
  }

  /// What a selection was made among, with what it was made by.
  var sweep: TitledTable? {
    guard !findings.sweep.isEmpty else { return nil }
    let selected = Set(rows.map(\.name))
    return TitledTable(
      name: "sweep", title: "\(name): selected by validation accuracy",
      header: ["method", "runs", "validation %", "selected", "test %"],
      rows: findings.sweep.map { row in
        [
          row.name, "\(row.finished.count)", Self.percent(row.moments(\.validationAccuracy)),
          selected.contains(row.name) && !row.finished.isEmpty ? "yes" : "",
          Self.percent(row.moments(\.accuracy)),
        ]
      })
  }

  /// Accuracy over the rate of modalities that are absent at test time.
  var missing: TitledTable? {
    let missing = findings.plan.description.conditions.missing
    guard !missing.rates.isEmpty else { return nil }
    return table(
      "missing", "\(name): test accuracy %, modalities missing (\(missing.kind.rawValue))",
      missing.rates.map { Numerals.decimals($0, 2) }
    ) { row in
      missing.rates.indices.map { rate in Self.percent(row.moments { $0.missing[rate] }) }
    }
  }

  /// What each modality contributes.
  var contributions: TitledTable? {
    guard rows.contains(where: { $0.finished.contains { !$0.subsets.isEmpty } }) else { return nil }
    return table(
      "contributions", "\(name): contribution of each modality (Shapley), points of accuracy",
      modalities + ["sum", "largest - smallest"]
    ) { row in
      let runs = row.finished.map(\.contributions).filter { !$0.isEmpty }
      return modalities.indices.map { modality in
        Self.percent(Moments(runs.map { $0[modality] }))
      } + [
        Self.percent(Moments(runs.map { $0.reduce(0, +) })),
        Self.percent(Moments(runs.map { ($0.max() ?? 0) - ($0.min() ?? 0) })),
      ]
    }
  }

  /// Accuracy with every subset of the modalities.
  var subsets: TitledTable? {
    guard rows.contains(where: { $0.finished.contains { !$0.subsets.isEmpty } }) else { return nil }
    let sets = 0..<1 << modalities.count
    return table(
      "subsets", "\(name): test accuracy % with these modalities alone",
      sets.map { set in
        let names = modalities.indices.filter { set >> $0 & 1 == 1 }.map { modalities[$0] }
        return names.isEmpty ? "none" : names.joined(separator: " + ")
      }
    ) { row in
      sets.map { set in
        Self.percent(row.moments { $0.subsets.isEmpty ? nil : $0.subsets[set] })
      }
    }
  }

  /// How far probabilities can be believed, before and after one temperature.
  var calibration: TitledTable? {
    let isFitted = rows.contains { $0.finished.contains { $0.calibrated != nil } }
    let after = ["temperature", "ECE % after", "NLL after", "Brier after"]
    return table(
      "calibration", "\(name): calibration (15 bins)",
      ["ECE %", "NLL", "Brier"] + (isFitted ? after : [])
    ) { row in
      func three(_ value: (Cell) -> Calibration?) -> [String] {
        [
          Self.percent(row.moments { value($0)?.expectedError }),
          Self.decimals(row.moments { value($0)?.negativeLogLikelihood }, 4),
          Self.decimals(row.moments { value($0)?.brier }, 4),
        ]
      }
      return three { $0.calibration }
        + (isFitted
          ? [Self.decimals(row.moments(\.temperature), 3)] + three { $0.calibrated } : [])
    }
  }

  /// The share of each class that is found; not of very many classes.
  var classes: TitledTable? {
    guard let configuration = rows.first?.point.configuration, configuration.classes.count <= 40
    else { return nil }
    return table(
      "classes", "\(name): recall % of each class", configuration.classes
    ) { row in
      configuration.classes.indices.map { label in
        Self.percent(row.moments { $0.confusion.recall(of: label) })
      }
    }
  }
}
