import Exchange
import MLA
import Tensors

/// Adds up where the features of a split's samples lie, as they are computed one after the other.
final class FeatureSums {
  /// What there is so far.
  private(set) var centres: FeatureCentres
  private let roster: Roster
  private let samples: [Int]
  private let width: Int
  private var next = 0

  /// The sums of the samples that a modality has, in the order of the roster.
  ///
  /// - Parameter width: the number of features.
  init(_ roster: Roster, modality: Int, width: Int) {
    (self.roster, self.width) = (roster, width)
    samples = roster.samples(of: modality)
    let none = roster.rows.map { _ in 0 }
    centres = FeatureCentres(
      sums: [Double](repeating: 0, count: none.count * width), counts: none, leftOut: none)
  }

  /// Adds the features of the samples that come next, `[n, D]`.
  func add(_ features: Tensor) {
    precondition(features.stride == width && next + features.count <= samples.count)
    for row in 0..<features.count {
      add(features.buffer(of: row), of: samples[next])
      next += 1
    }
  }

  private func add(_ feature: Buffer<Float>, of sample: Int) {
    let norm = feature.norm
    for other in roster.rows.indices where roster.has(sample, modality: other) {
      guard norm > 0, norm.isFinite else {
        centres.leftOut[other] += 1
        continue
      }
      centres.counts[other] += 1
      for place in 0..<width {
        centres.sums[other * width + place] += Double(feature[place]) / norm
      }
    }
  }
}
