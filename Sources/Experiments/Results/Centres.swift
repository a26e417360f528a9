import Exchange
import Statistics

/// Where the features of a run's modalities lie on the test split.
public struct Centres: Sendable {
  /// Two modalities with the gap between them; nil: no sample has both.
  public struct Pair: Sendable {
    /// The places of the two.
    public let first: Int, second: Int
    /// How far apart they lie.
    public let gap: ModalityGap?
  }

  /// All pairs of modalities.
  public let pairs: [Pair]
  /// The norm of each modality's mean unit feature, over the samples that have it: how narrow its cone is; nil: no
  /// sample has it.
  public let norms: [Double?]
  /// The features that are zero, and in no mean.
  public let leftOutCount: Int

  /// What the sums of each modality amount to; nil where there are none.
  init?(_ centres: [FeatureCentres]) {
    guard centres.contains(where: { !$0.counts.isEmpty }) else { return nil }
    pairs = centres.indices.flatMap { first in
      centres.indices.dropFirst(first + 1).map { second in
        let means = (
          centres[first].mean(beside: second), centres[second].mean(beside: first)
        )
        return Pair(
          first: first, second: second,
          gap: means.0.flatMap { own in means.1.map { ModalityGap(own, $0) } })
      }
    }
    norms = centres.indices.map { centres[$0].mean(beside: $0).map(ModalityGap.norm) }
    leftOutCount = centres.enumerated().reduce(0) { sum, own in
      sum + (own.element.leftOut.isEmpty ? 0 : own.element.leftOut[own.offset])
    }
  }
}
