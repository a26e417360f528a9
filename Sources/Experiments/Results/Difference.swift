import Statistics
import Tensors

/// How one row differs from the reference, in pairs: the same seed for both, thus the same split, order of samples
/// and test samples.
public struct Difference: Sendable {
  /// The differences of accuracy, seed by seed.
  public let values: [Double]
  /// Their mean and deviation.
  public let moments: Moments
  /// The exact test over seeds.
  public let test: SignFlip
  /// p of that, corrected for all rows that are compared with the reference; nil: there is none.
  public internal(set) var holm: Double?
  /// 95 % over samples, with the models as they are; nil: their samples are not the same.
  public let overSamples: GroupBootstrap.Interval?
  /// 95 % over seeds and samples; nil: one seed, or other samples.
  public let overBoth: GroupBootstrap.Interval?
  /// In an experiment with one seed, McNemar's p of the two runs; nil: there are more, or other samples.
  public let mcNemar: Double?

  /// The p that counts: that over seeds, or of two single runs.
  public var p: Double? { test.p ?? mcNemar }

  /// The difference of two rows; nil where no seed has both.
  ///
  /// - Parameter name: whose random numbers are drawn: the same for the same row.
  init?(
    _ cells: [Cell?], from reference: [Cell?], resamples: Int, named name: String
  ) throws {
    let pairs = zip(cells, reference).compactMap { own, other in
      own.flatMap { own in other.map { (own: own, other: $0) } }
    }
    values = pairs.map { $0.own.accuracy - $0.other.accuracy }
    guard let moments = Moments(values) else { return nil }
    self.moments = moments
    var generator = SeededGenerator(seed: 0, stream: "experiment/\(name)")
    test = SignFlip(values, drawingFrom: &generator)
    guard
      pairs.allSatisfy({ $0.own.ids == $0.other.ids && $0.own.labels == $0.other.labels })
    else {
      (overSamples, overBoth, mcNemar) = (nil, nil, nil)
      return
    }
    let first = pairs[0].own
    let bootstrap = GroupBootstrap(
      pairs.map { pair in
        zip(pair.own.correct, pair.other.correct).map {
          ($0 ? 1.0 : 0.0) - ($1 ? 1.0 : 0.0)
        }
      }, groups: pairs.map(\.own.groups),
      isShared: pairs.allSatisfy {
        $0.own.ids == first.ids && $0.own.labels == first.labels && $0.own.groups == first.groups
      })
    overSamples = try bootstrap.interval(.samples, count: resamples, drawingFrom: &generator)
    overBoth =
      pairs.count > 1
      ? try bootstrap.interval(.seedsAndSamples, count: resamples, drawingFrom: &generator) : nil
    // With more seeds, one pair that is left says nothing of the methods.
    mcNemar = cells.count == 1 ? McNemar(first.correct, pairs[0].other.correct).p : nil
  }
}
