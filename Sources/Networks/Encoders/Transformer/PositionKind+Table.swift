extension PositionKind {
  /// The vectors of all places of a grid, `[rows * columns, width]`, which no file has because they are
  /// fixed; nil: they are learned.
  public func table(rows: Int, columns: Int, width: Int) -> [Float]? {
    guard self != .learned else { return nil }
    return Positions(self, rows: rows, columns: columns, width: width).vectors.array
  }
}
