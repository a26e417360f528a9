import Tensors

extension Roster {
  /// The same samples with so many pairs of sample and modality gone that `rate` of them are absent, as the
  /// authors of arXiv 2311.10707 mask their data (theirs is drawn again until it is within 0.005).
  ///
  /// Of N samples with M modalities, each keeps one at random; of the other N (M - 1) pairs,
  /// N M (1 - rate) - N more are kept at random, or none where that is not above 0. What was absent stays so,
  /// and is not counted among the pairs.
  ///
  /// - Parameters:
  ///   - rate: the share of pairs to be absent, `0 ... 1`.
  ///   - seed: the seed of the run.
  ///   - stream: what the draw is for, such as `missing/train`; equal arguments drop the same.
  public func lacking(exactly rate: Double, seed: UInt64, stream: String) -> Roster {
    precondition((0...1).contains(rate), "a rate of \(rate)")
    var keepers = SeededGenerator(seed: seed, stream: stream + "/exact")
    var rest: [(modality: Int, sample: Int)] = []
    var keptCount = 0
    for sample in 0..<sampleCount {
      let had = rows.indices.filter { rows[$0][sample] != Self.absent }
      guard !had.isEmpty else { continue }
      let keeper = had[keepers.integer(below: had.count)]
      keptCount += 1
      rest += had.filter { $0 != keeper }.map { ($0, sample) }
    }
    let all = Double(keptCount + rest.count)
    let more = max(0, Int((all * (1 - rate)).rounded()) - keptCount)
    var draws = SeededGenerator(seed: seed, stream: stream + "/exact/others")
    var left = rows
    for place in draws.permutation(rest.count).dropFirst(more) {
      left[rest[place].modality][rest[place].sample] = Self.absent
    }
    return Roster(sampleCount: sampleCount, rows: left)
  }
}
