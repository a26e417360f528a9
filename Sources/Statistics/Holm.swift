/// Holm's correction for several comparisons (Scandinavian Journal of Statistics 6, 1979).
public enum Holm {
  /// The corrected p of each comparison: of the sorted p, the i-th of m times `m - i` (i from 0), at most 1, and
  /// never below the one before.
  ///
  /// - Parameter ps: one a comparison; nil where there is none, which counts for nothing.
  public static func corrected(_ ps: [Double?]) -> [Double?] {
    let known = ps.indices.compactMap { place in ps[place].map { (place: place, p: $0) } }
      .sorted { ($0.p, $0.place) < ($1.p, $1.place) }
    var corrected = [Double?](repeating: nil, count: ps.count)
    var least = 0.0
    for (rank, entry) in known.enumerated() {
      least = max(least, min(1, Double(known.count - rank) * entry.p))
      corrected[entry.place] = least
    }
    return corrected
  }
}
