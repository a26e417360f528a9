import Configuration
import Coordinator
import Glibc
import Runs
import Statistics
import Storage
import Tensors

/// What an experiment has found so far.
public struct ExperimentFindings: Sendable {
  /// A point with one way to predict.
  public struct Row: Sendable {
    /// The point.
    public let point: ExperimentPoint
    /// How its runs predict.
    public let fusion: ExperimentDescription.ReportedFusion
    /// What tables call it.
    public let name: String
    /// The runs, by seed; nil: not over, or failed.
    public let cells: [Cell?]
    /// Why runs failed, the first reason; nil: none did.
    public let failure: String?
    /// How it differs from the reference; nil: it is the reference, or there is nothing to compare.
    public internal(set) var difference: Difference?

    /// The runs that are there.
    public var finished: [Cell] { cells.compactMap { $0 } }

    /// The mean and the deviation of something over the runs; nil where there is none.
    public func moments(_ value: (Cell) -> Double?) -> Moments? {
      Moments(finished.compactMap(value))
    }
  }

  /// What was asked for.
  public let plan: ExperimentPlan
  /// The rows of the tables; after a selection, those that were selected.
  public let rows: [Row]
  /// After a selection, the rows of all points that it was made among.
  public let sweep: [Row]
  /// The place of the reference in `rows`; nil: it has no run.
  public let reference: Int?
  /// Why runs failed, or cannot be counted, by their place in the plan.
  public let failures: [Int: String]

  /// Reads what the runs of a plan have left.
  ///
  /// - Parameters:
  ///   - failures: why runs failed, by their place in the plan.
  ///   - resamples: how often the bootstrap draws.
  public init(
    _ plan: ExperimentPlan, failures: [Int: String] = [:], resamples: Int = 10_000
  ) throws {
    var failures = failures
    let all = try Self.rows(plan, &failures)
    let description = plan.description
    var rows = all
    if description.selection == .validation {
      rows = Self.selected(all)
      sweep = all
    } else {
      sweep = []
    }
    let name = description.reference ?? rows.first?.point.variant
    let place = rows.firstIndex { $0.point.variant == name }.flatMap {
      rows[$0].finished.isEmpty ? nil : $0
    }
    if let place {
      for other in rows.indices where other != place {
        rows[other].difference = try Difference(
          rows[other].cells, from: rows[place].cells, resamples: resamples, named: rows[other].name)
      }
      let corrected = Holm.corrected(rows.map { $0.difference?.p })
      for (other, p) in corrected.enumerated() { rows[other].difference?.holm = p }
    }
    self.plan = plan
    self.rows = rows
    self.failures = failures
    reference = place
  }

  private static func rows(
    _ plan: ExperimentPlan, _ failures: inout [Int: String]
  ) throws -> [Row] {
    let description = plan.description
    let hasSeveral = description.fusions.count > 1
    var (rows, seen): ([Row], Set<String>) = ([], [])
    for point in description.points {
      let fusions: [ExperimentDescription.ReportedFusion] =
        point.isBaseline ? [.kind(.averageLogits)] : description.fusions
      // Baselines whose row is there already would only repeat it.
      let wanted = fusions.filter { seen.insert(key(point, $0)).inserted || !point.isBaseline }
      guard !wanted.isEmpty else { continue }
      var cells = [[Cell?]](repeating: [], count: wanted.count)
      let runs = plan.runs.indices.filter { plan.runs[$0].point == point.folder }
      for (run, seed) in zip(runs, description.seeds) {
        var logits: KeptLogits?
        do {
          // What a failed run leaves may look whole.
          if failures[run] == nil { logits = try self.logits(of: point, seed, plan) }
        } catch let error as FileError {
          // What one run has lost is not the end of the others' tables.
          failures[run] = "\(error)"
        }
        if let splits = logits?.splits, splits[.test]?.labels.isEmpty ?? true {
          failures[run] = "it has no test samples, and an experiment compares nothing else"
          logits = nil
        }
        let configuration = description.configuration(of: point, seed: seed)
        for (place, fusion) in wanted.enumerated() {
          cells[place].append(
            try logits.flatMap {
              try Cell($0, configuration, fusion: fusion, conditions: description.conditions)
            })
        }
      }
      let failure = runs.compactMap { failures[$0] }.first
      for (fusion, cells) in zip(wanted, cells) {
        let name = hasSeveral && !point.isBaseline ? "\(point.name) · \(fusion.name)" : point.name
        rows.append(
          Row(point: point, fusion: fusion, name: name, cells: cells, failure: failure))
      }
    }
    return rows
  }

  /// What a row shows: two with the same key would have the same numbers.
  private static func key(
    _ point: ExperimentPoint, _ fusion: ExperimentDescription.ReportedFusion
  ) -> String {
    guard fusion == .own, !point.configuration.method.hasOneLoss else {
      return "\(point.folder) \(fusion.name)"
    }
    return "\(point.folder) \(point.configuration.fusion.kind.rawValue)"
  }

  private static func logits(
    of point: ExperimentPoint, _ seed: UInt64, _ plan: ExperimentPlan
  ) throws -> KeptLogits? {
    try LongWork.step()
    let directory = try RunDirectory(existing: plan.directory(of: point, seed: seed))
    guard access(directory.summary, F_OK) == 0, access(directory.logits, F_OK) == 0 else {
      return nil
    }
    return try KeptLogits(path: directory.logits, of: point.configuration)
  }

  /// Of each variant, all rows of the point with the highest mean accuracy on validation, the first of equals,
  /// among those with the most runs: what one seed was good for is no mean, where others have failed.
  private static func selected(_ rows: [Row]) -> [Row] {
    var best: [String: (folder: String, runs: Int, accuracy: Double)] = [:]
    for row in rows {
      let (runs, accuracy) = (row.finished.count, row.moments(\.validationAccuracy)?.mean ?? -1)
      let name = row.point.variant
      // The first fusion decides; others of its point come after it.
      guard row.fusion == rows.first(where: { $0.point.variant == name })?.fusion else { continue }
      if best[name].map({ (runs, accuracy) > ($0.runs, $0.accuracy) }) ?? true {
        best[name] = (row.point.folder, runs, accuracy)
      }
    }
    return rows.filter { best[$0.point.variant]?.folder == $0.point.folder }
  }
}
