/// What each of several players contributes to a value that all have together (Shapley, 1953).
public enum Shapley {
  /// The contributions, from the values of all sets of players; they add up to `value(all) - value(nobody)`.
  ///
  /// `phi_m = sum over S without m of |S|! (M - |S| - 1)! / M! (v(S + m) - v(S))`
  ///
  /// - Parameter values: `2^M` of them; bit m of a place says whether player m is in the set.
  public static func contributions(_ values: [Double]) -> [Double] {
    precondition(!values.isEmpty && values.count.nonzeroBitCount == 1, "\(values.count) values")
    let playerCount = values.count.trailingZeroBitCount
    return (0..<playerCount).map { player in
      values.indices.reduce(0) { sum, set in
        guard set >> player & 1 == 0 else { return sum }
        let weight = self.weight(of: set.nonzeroBitCount, among: playerCount)
        return sum + weight * (values[set | 1 << player] - values[set])
      }
    }
  }

  /// `s! (M - s - 1)! / M!`, which is 1 / (M binomial(M - 1, s)).
  private static func weight(of size: Int, among playerCount: Int) -> Double {
    var binomial = 1.0
    for step in 0..<size { binomial *= Double(playerCount - 1 - step) / Double(step + 1) }
    return 1 / (Double(playerCount) * binomial)
  }
}
