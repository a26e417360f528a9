import Runs
import Statistics

/// What is told of an experiment: all of it follows from the findings alone, so that the same runs give the same
/// tables.
public struct ExperimentReport {
  let findings: ExperimentFindings
  /// What the experiment is called.
  let name: String

  /// A report.
  public init(_ findings: ExperimentFindings, name: String) {
    (self.findings, self.name) = (findings, name)
  }

  var rows: [ExperimentFindings.Row] { findings.rows }
  /// Those of all runs: after a selection, what it was made among.
  var all: [ExperimentFindings.Row] { findings.sweep.isEmpty ? rows : findings.sweep }
  /// The name of the row that others are compared with; nil: it has no run.
  var reference: String? { findings.reference.map { rows[$0].name } }
  var modalities: [String] {
    findings.plan.description.points.first?.configuration.modalities.map(\.name) ?? []
  }

  /// Whether no run is over: there is nothing in the tables.
  public var isEmpty: Bool { all.allSatisfy(\.finished.isEmpty) }

  /// All tables that have something to say, the results first.
  public var tables: [TitledTable] {
    [
      results, sweep, missing, spoilt, contributions, subsets, gap, calibration, classes,
    ].compactMap { $0 }
  }

  /// What is to be said beside the tables, a sentence each.
  public var remarks: [String] {
    var remarks: [String] = []
    let runs = findings.plan.runs
    let over = Set(
      all.flatMap { row in
        zip(findings.plan.description.seeds, row.cells).compactMap { seed, cell in
          cell.map { _ in "\(row.point.folder)/\(seed)" }
        }
      })
    if over.count < runs.count {
      remarks.append(
        "\(over.count) of \(runs.count) runs are over: these tables are not the last word")
    }
    if let reference {
      remarks.append(
        "differences, p and intervals are to '\(reference)': p by exact sign flips over seeds, Holm over all rows; intervals 95 % by bootstrap"
      )
    } else if !over.isEmpty {
      remarks.append(
        "the reference has no run that is over, so nothing is compared; reference: NAME takes another"
      )
    }
    let pairs = rows.compactMap(\.difference).map(\.values.count).max() ?? 0
    let hasOneSeed = findings.plan.description.seeds.count == 1
    if pairs > 0, !hasOneSeed, SignFlip.leastP(pairCount: pairs) > SignFlip.level {
      remarks.append(
        "differences are not testable with \(Numerals.counted(pairs, "seed", "seeds")), whose least p is \(ExperimentReport.p(SignFlip.leastP(pairCount: pairs))); take 6 or more, better 8"
      )
    }
    let compared = rows.count { $0.difference?.p != nil }
    let least = Double(compared) * SignFlip.leastP(pairCount: pairs)
    if SignFlip.leastP(pairCount: pairs) <= SignFlip.level, least > SignFlip.level {
      remarks.append(
        "of \(compared) rows with \(pairs) seeds, no p (Holm) can be below \(ExperimentReport.p(least)): take more seeds, or compare fewer"
      )
    }
    remarks += gapRemarks
    if pairs == 1, hasOneSeed {
      remarks.append("with one seed, p is McNemar's, of these two runs alone")
    }
    return remarks + failures
  }

  /// Why runs failed: a sentence for all seeds of a point with the same reason.
  private var failures: [String] {
    var failures: [(name: String, reason: String, seeds: [String])] = []
    for (place, reason) in findings.failures.sorted(by: { $0.key < $1.key }) {
      let run = findings.plan.runs[place]
      if let known = failures.firstIndex(where: { $0.name == run.name && $0.reason == reason }) {
        failures[known].seeds.append("\(run.seed)")
      } else {
        failures.append((run.name, reason, ["\(run.seed)"]))
      }
    }
    return failures.map { name, reason, seeds in
      "\(name) · \(seeds.count == 1 ? "seed" : "seeds") \(seeds.joined(separator: ", ")) failed: \(reason)"
    }
  }

  // MARK: - Cells

  static func percent(_ moments: Moments?) -> String {
    guard let moments else { return "-" }
    let mean = Numerals.percent(moments.mean)
    return moments.deviation.map { "\(mean) ± \(Numerals.percent($0))" } ?? mean
  }

  static func decimals(_ moments: Moments?, _ count: Int) -> String {
    guard let moments else { return "-" }
    let mean = Numerals.decimals(moments.mean, count)
    return moments.deviation.map { "\(mean) ± \(Numerals.decimals($0, count))" } ?? mean
  }

  static func signed(_ share: Double) -> String {
    (share > 0 ? "+" : "") + Numerals.percent(share)
  }

  static func p(_ p: Double?) -> String {
    guard let p else { return "-" }
    return p < 0.0005 ? "< 0.001" : Numerals.decimals(p, 3)
  }

  static func interval(_ interval: GroupBootstrap.Interval?) -> String {
    interval.map { "\(signed($0.low)) to \(signed($0.high))" } ?? "-"
  }
}
