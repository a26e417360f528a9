/// The lines of the result.
enum Table {
  static let head = line(
    ["reader", "inputs", "accepted", "refused", "faults", "slowest", "most memory"])

  static func line(_ name: String, _ result: Supervisor.Result) -> String {
    line([
      name, "\(result.accepted + result.refused)", "\(result.accepted)", "\(result.refused)",
      "\(result.failures.count)",
      "\((Double(result.slowest) / 1e5).rounded() / 10) ms",
      "\((Double(result.memory) / 104_857.6).rounded() / 10) MiB",
    ])
  }

  private static func line(_ cells: [String]) -> String {
    zip(cells, [-12, 9, 9, 9, 7, 10, 12]).map { cell, width in
      let padding = String(repeating: " ", count: max(0, abs(width) - cell.count))
      return width < 0 ? cell + padding : padding + cell
    }.joined(separator: " ")
  }
}
