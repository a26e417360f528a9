import Tensors

extension Roster {
  /// The same samples with modalities missing at random, as in section 4 of arXiv 2311.10707.
  ///
  /// Every sample loses modality m with probability `rates[m]`, independently of all others; if it
  /// would lose all it had, one of them stays, each with the same chance. What was absent stays so.
  ///
  /// - Parameters:
  ///   - rates: one for each modality, `0 ... 1`.
  ///   - seed: the seed of the run.
  ///   - stream: what the draw is for, such as `missing/train`; equal arguments drop the same.
  /// - Returns: a roster in which `absent` stands for what was dropped, too.
  public func dropping(rates: [Double], seed: UInt64, stream: String) -> Roster {
    precondition(rates.count == modalityCount && rates.allSatisfy { (0...1).contains($0) })
    // Two streams, so that who is rescued does not move the draws of the samples that follow.
    var draws = SeededGenerator(seed: seed, stream: stream)
    var rescues = SeededGenerator(seed: seed, stream: stream + "/kept")
    var kept = rows
    var had: [Int] = []
    had.reserveCapacity(modalityCount)
    for sample in 0..<sampleCount {
      had.removeAll(keepingCapacity: true)
      var hasAny = false
      for modality in 0..<modalityCount {
        let stays = draws.uniform() >= rates[modality]
        guard rows[modality][sample] != Self.absent else { continue }
        had.append(modality)
        hasAny = hasAny || stays
        if !stays { kept[modality][sample] = Self.absent }
      }
      if !hasAny && !had.isEmpty {
        let rescued = had[rescues.integer(below: had.count)]
        kept[rescued][sample] = rows[rescued][sample]
      }
    }
    return Roster(sampleCount: sampleCount, rows: kept)
  }
}
