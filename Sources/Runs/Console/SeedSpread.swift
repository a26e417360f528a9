import Configuration
import Storage

/// Means and standard deviations over runs that differ in their seed only.
struct SeedSpread {
  private let seeds: [UInt64]
  private let configuration: RunConfiguration
  private typealias Row = (
    name: String, accuracy: [Double], macroF1: [Double], balanced: [Double], group: String
  )
  private let rows: [Row]

  /// - Parameter runs: the scores of each run, in the order of the seeds.
  init(_ runs: [RunScores], seeds: [UInt64], of configuration: RunConfiguration) {
    self.seeds = seeds
    self.configuration = configuration
    let runs = runs.filter { $0.split != nil }
    func averaged(_ group: String, _ scores: (RunScores) -> [RunScores.Row]) -> [Row] {
      guard let first = runs.first.map(scores) else { return [] }
      return first.map { row in
        let values = runs.compactMap { scores($0).first { $0.name == row.name } }
        return (
          row.name, values.map(\.accuracy), values.map(\.macroF1), values.map(\.balancedAccuracy),
          group
        )
      }
    }
    rows = averaged("fused") { $0.fused } + averaged("modalities") { $0.modalities }
  }

  /// The table for people, in per cent.
  var table: TextTable {
    let title = "mean of \(Numerals.counted(seeds.count, "seed", "seeds")) ± deviation"
    var table = TextTable([title, "accuracy %", "macro-F1 %"])
    for row in rows where row.group != "fused" || ResultTable.shows(row.name, configuration) {
      let title = row.group == "fused" ? "fused, \(row.name)" : "\(row.name) alone"
      table.add([title, Self.cell(row.accuracy), Self.cell(row.macroF1)])
    }
    return table
  }

  /// The same for scripts: `fused.<kind>.accuracy.mean`, `.deviation`, `.values`.
  var json: JSONValue {
    func group(_ name: String) -> JSONValue {
      .named(rows.filter { $0.group == name }) { row in
        (
          row.name,
          [
            "accuracy": Self.json(row.accuracy), "macro_f1": Self.json(row.macroF1),
            "balanced_accuracy": Self.json(row.balanced),
          ]
        )
      }
    }
    return [
      "method": .text(configuration.method.kind),
      "seeds": .list(seeds.map { .unsigned($0) }),
      "fused": group("fused"), "modalities": group("modalities"),
    ]
  }

  private static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  /// The sample standard deviation; 0 for a single value.
  private static func deviation(_ values: [Double]) -> Double {
    guard values.count > 1 else { return 0 }
    let centre = mean(values)
    let squares = values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  private static func cell(_ values: [Double]) -> String {
    "\(Numerals.percent(mean(values))) ± \(Numerals.percent(deviation(values)))"
  }

  private static func json(_ values: [Double]) -> JSONValue {
    [
      "mean": .number(mean(values)), "deviation": .number(deviation(values)),
      "values": .list(values.map { .number($0) }),
    ]
  }
}
