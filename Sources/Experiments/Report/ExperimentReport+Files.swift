import Configuration
import Runs
import Statistics
import Storage

extension ExperimentReport {
  /// Writes tables, runs and pictures to the experiment's folder.
  public func write() throws {
    let folder = findings.plan.folder
    func write(_ text: String, _ file: String) throws {
      try AtomicFile.write(Array(text.utf8), to: "\(folder)/\(file)")
    }
    let notes = remarks.map { "- \($0)" }.joined(separator: "\n")
    try write(
      "# \(name)\n\n\(notes)\n\n" + tables.map(\.markdown).joined(separator: "\n"), "tables.md")
    try write(tables.map(\.latex).joined(separator: "\n"), "tables.tex")
    for table in tables { try write(table.csv, "\(table.name).csv") }
    try write(runs.csv, "runs.csv")
    try write(confusion.csv, "confusion.csv")
    try json.write(to: "\(folder)/results.json")
    for (file, picture) in pictures { try write(picture.document, "\(file).svg") }
  }

  /// One row a run and way to predict; numbers are not rounded.
  var runs: TitledTable {
    let description = findings.plan.description
    let rates = description.conditions.missing.rates.map { "missing.\($0)" }
    let axes = description.grid.map(\.key)
    let header =
      ["method", "variant"] + axes.map { "grid.\($0)" }
      + [
        "seed", "fusion", "state", "seconds", "accuracy", "macro_f1", "balanced_accuracy",
        "validation_accuracy", "ece", "nll", "brier", "temperature", "ece_after", "nll_after",
        "brier_after",
      ] + modalities.map { "accuracy.\($0)" } + modalities.map { "contribution.\($0)" } + rates
      + spoiltPlaces.map { "spoilt.\($0.kind.rawValue).\($0.rate)" } + gapColumns.map(\.name)
      + ["weights_sha256", "failure"]
    func cell(_ value: Double?) -> String { value.map { $0.isFinite ? "\($0)" : "" } ?? "" }
    let lines = all.flatMap { row in
      zip(description.seeds, row.cells).map { seed, found -> [String] in
        let directory = findings.plan.directory(of: row.point, seed: seed)
        let summary = found == nil ? nil : RunSummary(of: directory)
        let failure = failure(row, seed)
        let state = found != nil ? "over" : failure == nil ? "ahead" : "failed"
        let place = axes.map { key in row.point.grid.first { $0.key == key }?.value ?? "" }
        let known: [Double?] = [
          summary?.seconds, found?.accuracy, found?.macroF1, found?.balancedAccuracy,
          found?.validationAccuracy,
        ]
        let believed: [Double?] = [found?.calibration].flatMap(Self.numbers)
        let after: [Double?] = [found?.temperature] + [found?.calibrated].flatMap(Self.numbers)
        let modal: [Double?] = modalities.indices.map { found?.modalityAccuracies[$0] }
        let shared: [Double?] = modalities.indices.map { modality in
          found.flatMap { $0.contributions.isEmpty ? nil : $0.contributions[modality] }
        }
        let missing: [Double?] = rates.indices.map { found?.missing[$0] ?? nil }
        let spoilt: [Double?] = spoiltPlaces.map { place in
          found.flatMap { $0.spoilt[place.place.kind][place.place.rate] }
        }
        let gaps: [Double?] = gapColumns.map { column in found.flatMap(column.value) }
        let numbers = (known + believed + after + modal + shared + missing + spoilt + gaps)
          .map(cell)
        return [row.name, row.point.variant] + place
          + ["\(seed)", row.fusion.name, state] + numbers
          + [summary?.digest ?? "", failure ?? ""]
      }
    }
    return TitledTable(name: "runs", title: "\(name): runs", header: header, rows: lines)
  }

  private func failure(_ row: ExperimentFindings.Row, _ seed: UInt64) -> String? {
    findings.plan.runs.indices.first {
      findings.plan.runs[$0].point == row.point.folder && findings.plan.runs[$0].seed == seed
    }.flatMap { findings.failures[$0] }
  }

  static func numbers(_ calibration: Calibration?) -> [Double?] {
    [calibration?.expectedError, calibration?.negativeLogLikelihood, calibration?.brier]
  }

  /// How often which class is taken for which, added up over the seeds; -1: no prediction.
  private var confusion: TitledTable {
    let lines = rows.flatMap { row -> [[String]] in
      let classes = row.point.configuration.classes
      return (0..<(row.finished.first?.confusion.classCount ?? 0)).flatMap { label in
        let counts = classes.indices.map { prediction in
          (classes[prediction], row.finished.reduce(0) { $0 + $1.confusion[label, prediction] })
        }
        let none = row.finished.reduce(0) { $0 + $1.confusion.unpredicted[label] }
        return (counts + [("-1", none)]).filter { $0.1 > 0 }.map { prediction, count in
          [row.name, classes[label], prediction, "\(count)"]
        }
      }
    }
    return TitledTable(
      name: "confusion", title: "\(name): confusion",
      header: ["method", "label", "prediction", "count"], rows: lines)
  }

  /// Everything for scripts: rows with values by seed, differences, what was asked for.
  var json: JSONValue {
    let description = findings.plan.description
    return [
      "experiment": .text(name), "base": .text(description.base),
      "seeds": .list(description.seeds.map { .unsigned($0) }),
      "reference": reference.map { .text($0) } ?? .null,
      "missing_rates": .list(description.conditions.missing.rates.map { .number($0) }),
      "spoilt_kinds": .list(description.conditions.spoilt.kinds.map { .text($0.rawValue) }),
      "spoilt_rates": .list(description.conditions.spoilt.rates.map { .number($0) }),
      "remarks": .list(remarks.map { .text($0) }),
      "tables": .list(tables.map { ["name": .text($0.name), "title": .text($0.title)] }),
      "rows": .list(rows.map { json(of: $0) }),
      "runs": .list(
        runs.rows.map { row in
          .object(
            Dictionary(
              zip(runs.header, row.map { $0.isEmpty ? .null : .text($0) }),
              uniquingKeysWith: { first, _ in first }))
        }),
    ]
  }

  private func json(of row: ExperimentFindings.Row) -> JSONValue {
    func values(_ value: (Cell) -> Double?) -> JSONValue {
      .list(row.cells.map { .optional($0.flatMap(value)) })
    }
    var members: [String: JSONValue] = [
      "method": .text(row.name), "variant": .text(row.point.variant),
      "fusion": .text(row.fusion.name), "is_baseline": .flag(row.point.isBaseline),
      "grid": .named(row.point.grid) { ($0.key, .text($0.value)) },
      "accuracy": values(\.accuracy), "macro_f1": values(\.macroF1),
      "balanced_accuracy": values(\.balancedAccuracy),
      "validation_accuracy": values(\.validationAccuracy), "temperature": values(\.temperature),
      "missing": .list(
        row.cells.map { .list(($0?.missing ?? []).map { .optional($0) }) }),
      "subsets": .list(row.cells.map { .list(($0?.subsets ?? []).map { .number($0) }) }),
      "contributions": .list(
        row.cells.map { .list(($0?.contributions ?? []).map { .number($0) }) }),
      "spoilt": .list(
        row.cells.map { cell in
          .list((cell?.spoilt ?? []).map { .list($0.map { .optional($0) }) })
        }),
      "failure": row.failure.map { .text($0) } ?? .null,
    ]
    if let difference = row.difference { members["difference"] = Self.json(difference) }
    for column in gapColumns { members[column.name] = values(column.value) }
    return .object(members)
  }

  private static func json(_ difference: Difference) -> JSONValue {
    func interval(_ interval: GroupBootstrap.Interval?) -> JSONValue {
      interval.map { ["low": .number($0.low), "high": .number($0.high)] } ?? .null
    }
    return [
      "values": .list(difference.values.map { .number($0) }),
      "mean": .number(difference.moments.mean),
      "standard_error": .optional(difference.moments.standardError),
      "p_sign_flip": .optional(difference.test.p), "p_mcnemar": .optional(difference.mcNemar),
      "p_holm": .optional(difference.holm), "over_samples": interval(difference.overSamples),
      "over_seeds_and_samples": interval(difference.overBoth),
    ]
  }
}
