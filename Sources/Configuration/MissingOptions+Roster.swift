import MLA

extension MissingOptions {
  /// A split's roster without what it loses.
  public func applied(
    to roster: Roster, isTraining: Bool, seed: UInt64, stream: String
  ) -> Roster {
    guard rate > 0, splits == .all || splits == (isTraining ? .train : .test) else { return roster }
    switch kind {
    case .random:
      let rates = [Double](repeating: rate, count: roster.modalityCount)
      return roster.dropping(rates: rates, seed: seed, stream: stream)
    case .exact: return roster.lacking(exactly: rate, seed: seed, stream: stream)
    }
  }
}
