import Tensors

/// Which modalities the fit of a pool sees of each sample: all that there are, and, with the same weight in
/// all, proper subsets of them, so that the weights hold when modalities are absent.
struct PoolSubsets {
  /// For each subset, one set for every sample, or one for each; a bit for each modality.
  private let sets: [[UInt64]]
  private let everything: UInt64
  /// What the loss of a sample with all its modalities counts, and of one with a subset.
  private let shares: (whole: Double, part: Double)

  /// Up to so many modalities, all proper subsets are taken; of more, so many are drawn for each sample.
  private static let most = (modalities: 4, draws: 12)

  /// The subsets of `modalityCount` modalities.
  init(modalityCount: Int, sampleCount: Int, seed: UInt64) {
    precondition(1...UInt64.bitWidth ~= modalityCount, "\(modalityCount) modalities")
    everything = UInt64.max >> UInt64(UInt64.bitWidth - modalityCount)
    if modalityCount <= Self.most.modalities {
      let all = everything
      sets = (1..<max(1, all)).map { [$0] }
    } else {
      var generator = SeededGenerator(seed: seed, stream: "fusion/subsets")
      sets = (0..<Self.most.draws).map { _ in
        (0..<sampleCount).map { _ in
          let size = 1 + generator.integer(below: modalityCount - 1)
          return generator.permutation(modalityCount).prefix(size).reduce(UInt64(0)) {
            $0 | 1 << UInt64($1)
          }
        }
      }
    }
    shares = sets.isEmpty ? (1, 0) : (0.5, 0.5 / Double(sets.count))
  }

  /// The sets of modalities that are seen of a sample, each with what its loss counts; none is empty.
  ///
  /// - Parameter present: the modalities that it has.
  func sets(of sample: Int, present: UInt64) -> [(members: UInt64, share: Double)] {
    guard present & everything != 0 else { return [] }
    var found = [(members: present & everything, share: shares.whole)]
    for set in sets {
      let members = (set.count == 1 ? set[0] : set[sample]) & present
      if members != 0 { found.append((members, shares.part)) }
    }
    return found
  }
}
