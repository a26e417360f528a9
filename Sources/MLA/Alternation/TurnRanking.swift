/// Who has its turn first, where that follows from how well the modalities do.
///
/// Later work argues for an order of alternation that adapts to the modalities (arXiv 2506.00030).
public enum TurnRanking: String, Sendable, CaseIterable {
  /// The modality with the largest loss.
  case weakestFirst = "weakest_first"
  /// The modality with the least loss.
  case strongestFirst = "strongest_first"

  /// The places of the modalities in the order of their turns; equal losses stay in the order of their places.
  ///
  /// - Parameter losses: one of each modality; a loss that is not a number is the largest there is; nil:
  ///   the modality has no samples to be measured by, and comes last.
  public func order(byLosses losses: [Double?]) -> [Int] {
    func rank(_ loss: Double?) -> Double {
      guard let loss else { return .infinity }
      let known = loss.isNaN ? Double.greatestFiniteMagnitude : min(loss, .greatestFiniteMagnitude)
      return self == .weakestFirst ? -known : known
    }
    return losses.indices.sorted { first, second in
      let (one, other) = (rank(losses[first]), rank(losses[second]))
      return one != other ? one < other : first < second
    }
  }
}
