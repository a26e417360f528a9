import Plots
import Runs
import Storage

/// What an experiment has found: `results.json`, and the tables beside it.
struct ExperimentRecord {
  /// What it is called.
  let name: String
  private let remarks: [String]
  private let tables: [TitledTable]
  private let rows: [JSONValue]
  private let missingRates: [Double]

  /// Reads the folder of an experiment; nil: it is of none, or has not come that far.
  ///
  /// - Parameter problems: what cannot be read is added to them, a sentence each.
  init?(of folder: String, _ problems: inout [String]) {
    do {
      guard let value = try FolderFile(path: "\(folder)/results.json").json(),
        let name = value["experiment"]?.text
      else { return nil }
      self.name = name
      remarks = (value["remarks"]?.elements ?? []).compactMap(\.text)
      rows = value["rows"]?.elements ?? []
      missingRates = (value["missing_rates"]?.elements ?? []).compactMap(\.quantity)
      tables = try (value["tables"]?.elements ?? []).prefix(32).compactMap { table in
        guard let file = table["name"]?.text, Self.isPlain(file),
          let bytes = try FolderFile(path: "\(folder)/\(file).csv").bytes()
        else { return nil }
        let records = CommaSeparated.records(of: bytes)
        guard let header = records.first, !header.isEmpty else { return nil }
        return TitledTable(
          name: file, title: table["title"]?.text ?? file, header: header,
          rows: Array(records.dropFirst().prefix(500)))
      }
    } catch {
      problems.append("\(error)")
      return nil
    }
  }

  /// Whether a name leads nowhere but into the folder.
  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
      }
  }

  /// The parts of the page, the results first.
  var sections: [Section] {
    let pictures = [differences, missing].compactMap { $0 }
    return [
      Section(
        "What came out",
        tables.prefix(1).map { .table($0) } + (pictures.isEmpty ? [] : [.beside(pictures)])
          + remarks.map { .text($0) }),
      Section("Tables", tables.dropFirst().map { .table($0) }),
    ]
  }

  private static func mean(_ values: [JSONValue]?) -> Double? {
    let numbers = (values ?? []).compactMap(\.quantity)
    return numbers.isEmpty ? nil : numbers.reduce(0, +) / Double(numbers.count)
  }

  private func method(_ row: JSONValue) -> String { Shown.plain(row["method"]?.text ?? "") }

  private var differences: Block? {
    let compared = rows.compactMap { row -> IntervalPlot.Row? in
      guard let found = row["difference"], let mean = found["mean"]?.quantity else { return nil }
      let interval = [found["over_both"], found["over_samples"]].compactMap { $0 }
        .first { $0["low"]?.quantity != nil }
      let ends = [interval?["low"]?.quantity, interval?["high"]?.quantity].compactMap { $0 }
      return .init(
        method(row), mean * 100,
        range: ends.count == 2 && ends[0] <= ends[1] ? ends[0] * 100...ends[1] * 100 : nil)
    }
    guard !compared.isEmpty else { return nil }
    return .picture(
      IntervalPlot(
        "Difference to the reference", measure: "points of accuracy", rows: compared, mark: 0
      ).picture, "Mean of the seeds, with the interval of 95 % of the bootstrap.")
  }

  private var missing: Block? {
    let lines = rows.prefix(8).compactMap { row -> LinePlot.Series? in
      let runs = (row["missing"]?.elements ?? []).map { $0.elements ?? [] }
      let points = missingRates.indices.compactMap { rate -> LinePlot.Series.Point? in
        let values = runs.compactMap { $0.indices.contains(rate) ? $0[rate] : nil }
        return Self.mean(values).map { .init(missingRates[rate], $0 * 100) }
      }
      return points.isEmpty ? nil : LinePlot.Series(method(row), points)
    }
    guard !lines.isEmpty, let last = missingRates.max() else { return nil }
    return .picture(
      LinePlot(
        "Accuracy with modalities missing", x: Axis("share of pairs missing", to: last),
        y: Axis("per cent", to: lines.map(\.largest).max() ?? 100), series: lines
      ).picture, rows.count > 8 ? "The first eight rows of the table." : "")
  }
}
