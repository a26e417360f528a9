import Tensors

/// What the weights of a pool are fitted by: the cross-entropy of its predictions over samples and subsets of
/// their modalities, all inputs being as likely spoilt as any.
struct PoolObjective {
  private let modalities: [ModalityLogits]
  private let labels: [Int]
  private let votes: PoolVotes
  private let subsets: PoolSubsets
  /// The modalities that can be used of each sample, a bit for each.
  private let present: [UInt64]
  /// What the target of the label has, and that of every class.
  private let targets: (label: Double, each: Double)
  private let classCount: Int

  /// The objective over samples of which each has a label. A modality's logits that are not finite count as
  /// absent.
  init(
    _ modalities: [ModalityLogits], labels: [Int], spoilt: Double, prior: [Double], seed: UInt64
  ) {
    self.modalities = modalities
    self.labels = labels
    classCount = prior.count
    votes = PoolVotes(spoilt: spoilt, prior: prior)
    subsets = PoolSubsets(
      modalityCount: modalities.count, sampleCount: labels.count, seed: seed)
    present = labels.indices.map { sample in
      modalities.indices.reduce(UInt64(0)) { members, modality in
        modalities[modality].isUsable(sample) ? members | 1 << UInt64(modality) : members
      }
    }
    let doubt = 1 / Double(labels.count + 2)
    targets = (1 - doubt, doubt / Double(classCount))
  }

  private func target(_ label: Int, of sample: Int) -> Double {
    targets.each + (label == labels[sample] ? targets.label : 0)
  }

  /// The cross-entropy, and its derivatives with respect to the weights.
  func slope(at weights: [Double]) throws -> BoxDescent.Slope {
    var value = 0.0
    var gradient = [Double](repeating: 0, count: weights.count)
    var logs = [Double](repeating: 0, count: weights.count * classCount)
    var rises = logs
    var sums = [Double](repeating: 0, count: classCount)
    for sample in labels.indices {
      try LongWork.step()
      fill(&logs, &rises, of: sample, weights)
      for (members, share) in subsets.sets(of: sample, present: present[sample]) {
        for label in 0..<classCount { sums[label] = votes.logPrior[label] }
        for modality in weights.indices where members >> UInt64(modality) & 1 == 1 {
          for label in 0..<classCount { sums[label] += logs[modality * classCount + label] }
        }
        let scores = PoolVotes.logSoftmax(sums)
        for label in 0..<classCount {
          let target = target(label, of: sample)
          value -= share * target * scores[label]
          sums[label] = share * (Elementary.exponential(scores[label]) - target)
        }
        for modality in weights.indices where members >> UInt64(modality) & 1 == 1 {
          var rise = 0.0
          for label in 0..<classCount { rise += sums[label] * rises[modality * classCount + label] }
          gradient[modality] += rise
        }
      }
    }
    return (value, gradient)
  }

  /// The votes of a sample's modalities, `[M, K]`, and their derivatives with respect to the weights.
  private func fill(
    _ logs: inout [Double], _ rises: inout [Double], of sample: Int, _ weights: [Double]
  ) {
    for modality in weights.indices where present[sample] >> UInt64(modality) & 1 == 1 {
      let logits = modalities[modality].doubles(of: sample)
      let own = PoolVotes.logSoftmax(logits.map { weights[modality] * $0 })
      var mean = 0.0
      for label in own.indices { mean += Elementary.exponential(own[label]) * logits[label] }
      for label in own.indices {
        let vote = votes.vote(own[label], label: label, logRatio: 0)
        logs[modality * classCount + label] = vote.log
        rises[modality * classCount + label] = vote.soundness * (logits[label] - mean)
      }
    }
  }

  /// Where the cross-entropy of `softmax(t z)` of one modality alone is least; 1 where it has no sample.
  func temperature(of modality: Int, in box: ClosedRange<Double>) throws -> Double {
    let samples = labels.indices.filter { present[$0] >> UInt64(modality) & 1 == 1 }
    guard !samples.isEmpty else { return 1 }
    return try ConvexSearch.minimum(from: 1, in: box) { temperature in
      var slopes = (first: 0.0, second: 0.0)
      for sample in samples {
        try LongWork.step()
        let logits = modalities[modality].doubles(of: sample)
        let own = PoolVotes.logSoftmax(logits.map { temperature * $0 })
        var (mean, square, wanted) = (0.0, 0.0, 0.0)
        for label in own.indices {
          let part = Elementary.exponential(own[label])
          mean += part * logits[label]
          square += part * logits[label] * logits[label]
          wanted += target(label, of: sample) * logits[label]
        }
        slopes.first += mean - wanted
        slopes.second += max(0, square - mean * mean)
      }
      return slopes
    }
  }
}

extension ModalityLogits {
  /// Whether a sample is present, and all its logits are finite.
  func isUsable(_ sample: Int) -> Bool {
    present[sample]
      && logits[sample * classCount..<(sample + 1) * classCount].allSatisfy(\.isFinite)
  }
}
