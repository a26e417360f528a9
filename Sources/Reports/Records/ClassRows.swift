extension RunRecord.ClassRow {
  /// The rows of `classes.csv`; those that are none are left out.
  static func rows(of bytes: [UInt8]) -> [RunRecord.ClassRow] {
    CommaSeparated.records(of: bytes).dropFirst().compactMap { cells in
      guard cells.count == 6, let support = Int(cells[2]) else { return nil }
      func number(_ text: String) -> Double {
        Double(text).flatMap { abs($0) <= 1e30 ? $0 : nil } ?? .nan
      }
      return RunRecord.ClassRow(
        predictor: cells[0], name: cells[1], support: support, precision: number(cells[3]),
        recall: number(cells[4]), f1: number(cells[5]))
    }
  }
}
