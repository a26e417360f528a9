import Configuration
import Runs
import Statistics
import Storage

/// How far apart modalities' features lie: the same for all ways to predict of a point.
extension ExperimentReport {
  /// A row a point.
  private var points: [ExperimentFindings.Row] {
    var seen: Set<String> = []
    return rows.filter { seen.insert($0.point.name).inserted }
  }

  /// The pairs of modalities, by their places.
  var pairs: [(first: Int, second: Int)] {
    guard findings.plan.description.tellsGap else { return [] }
    return modalities.indices.flatMap { first in
      modalities.indices.dropFirst(first + 1).map { (first, $0) }
    }
  }

  /// The gap of each pair, with the cosine between their means and how narrow each modality's cone is.
  var gap: TitledTable? {
    guard findings.plan.description.tellsGap else { return nil }
    let names = pairs.map { "\(modalities[$0.first]) - \(modalities[$0.second])" }
    return TitledTable(
      name: "gap", title: "\(name): modality gap of the test samples' features",
      header: ["method", "head"] + names.map { "gap \($0)" } + names.map { "cosine \($0)" }
        + modalities.map { "cone \($0)" },
      rows: points.map { row in
        func decimals(_ value: (Centres) -> Double?) -> String {
          Self.decimals(row.moments { $0.centres.flatMap(value) }, 3)
        }
        return [row.point.name, Self.sharesHead(row) ? "shared" : "own"]
          + pairs.indices.map { place in decimals { $0.pairs[place].gap?.distance } }
          + pairs.indices.map { place in decimals { $0.pairs[place].gap?.cosine } }
          + modalities.indices.map { place in decimals { $0.norms[place] } }
      })
  }

  /// What is to be said beside the table.
  var gapRemarks: [String] {
    guard findings.plan.description.tellsGap else { return [] }
    var remarks: [String] = []
    let others = points.filter { !Self.sharesHead($0) }.map { $0.point.name }
    if !others.isEmpty {
      remarks.append(
        "modality gap: modalities with heads of their own have features along axes that have nothing to do with each other, so that their gap is no property of the data: \(others.joined(separator: "; "))"
      )
    }
    let leftOut = points.flatMap(\.finished).reduce(0) { $0 + ($1.centres?.leftOutCount ?? 0) }
    if leftOut > 0 {
      remarks.append(
        "modality gap: \(Numerals.counted(leftOut, "feature is", "features are")) zero, without a direction, and in no mean"
      )
    }
    return remarks
  }

  /// The columns of a run, with the numbers of its cell.
  var gapColumns: [(name: String, value: (Cell) -> Double?)] {
    guard findings.plan.description.tellsGap else { return [] }
    func columns(
      _ prefix: String, _ names: [String], _ value: @escaping (Centres, Int) -> Double?
    ) -> [(name: String, value: (Cell) -> Double?)] {
      names.enumerated().map { place, name in
        (name: "\(prefix).\(name)", value: { cell in cell.centres.flatMap { value($0, place) } })
      }
    }
    let names = pairs.map { "\(modalities[$0.first]).\(modalities[$0.second])" }
    return columns("gap", names) { $0.pairs[$1].gap?.distance }
      + columns("cosine", names) { $0.pairs[$1].gap?.cosine }
      + columns("cone", modalities) { $0.norms[$1] }
  }

  /// Whether one head reads the features of all modalities.
  private static func sharesHead(_ row: ExperimentFindings.Row) -> Bool {
    row.point.configuration.method.headPlace == .coordinator
  }
}
