import Tensors

/// A contaminated product of experts: one prediction of modalities of which each may be spoilt.
///
/// With `q_m = log softmax(w_m z_m)`, the prior `pi` and the share `eps` of spoilt inputs, the score of class c is
/// `log pi_c + sum over the modalities present of log((1 - eps) exp(q_mc) / pi_c + eps L_m)`: the posterior of
/// the class if each modality says nothing about it with probability `eps`, independently of the others. One
/// modality moves the log-odds of two classes by at most `log(1 + (1 - eps) / (eps min pi))`, so that several
/// outvote one that is confident and wrong. `eps` near 0 is a sum of logits under weights, `eps` near 1 a sum
/// of probabilities.
///
/// All in float64; a sample's result depends on no other sample.
public struct RobustPool: Sendable, Equatable {
  /// The share `eps` of inputs that are taken to be spoilt, between 0 and 1.
  public let spoilt: Double
  /// The probability `pi` of each class, `[K]`, all above 0.
  public let prior: [Double]
  /// What each modality's logits are multiplied by, `[M]`, all above 0.
  public let weights: [Double]
  /// What tells how likely a modality's input is spoilt, `[M]`; nil: as likely as any.
  public let detectors: [SpoiltDetector?]

  /// A pool with these numbers.
  public init(
    spoilt: Double, prior: [Double], weights: [Double], detectors: [SpoiltDetector?]
  ) {
    precondition(0 < spoilt && spoilt < 1 && weights.count == detectors.count)
    precondition(prior.allSatisfy { $0 > 0 } && weights.allSatisfy { $0 > 0 })
    self.spoilt = spoilt
    self.prior = prior
    self.weights = weights
    self.detectors = detectors
  }

  /// Fuses the logits of all samples.
  ///
  /// The scores are log-probabilities. A lone modality keeps its own prediction, with no prior and no doubt.
  /// A modality's weight in a sample is its weight times the probability that its input is sound, given the
  /// class predicted. There is no prediction where no modality is present, or logits are no numbers.
  ///
  /// - Parameters:
  ///   - modalities: one entry for each weight, with `K` classes; with their features' norms, if there are
  ///     detectors: else those are not asked.
  ///   - keepsScores: whether the result has scores.
  ///   - labels: the class of every sample, for the result's losses; nil: it has none.
  public func fuse(
    _ modalities: [ModalityLogits], keepsScores: Bool = true, labels: [Int]? = nil
  ) -> FusionResult {
    precondition(modalities.count == weights.count, "one weight for each modality")
    precondition(modalities.allSatisfy { $0.classCount == prior.count })
    let sampleCount = modalities.first?.sampleCount ?? 0
    var shares = modalities.map { _ in [Double](repeating: 0, count: sampleCount) }
    var scores = [Double](repeating: 0, count: keepsScores ? sampleCount * prior.count : 0)
    var predictions = [Int](repeating: -1, count: sampleCount)
    var probabilities = [Double](repeating: 0, count: sampleCount)
    var losses = [Double?](repeating: nil, count: labels == nil ? 0 : sampleCount)
    let votes = PoolVotes(spoilt: spoilt, prior: prior)
    for sample in 0..<sampleCount {
      LongWork.pass()
      let present = modalities.indices.filter { modalities[$0].present[sample] }
      guard let first = present.first else { continue }
      let (sums, soundness) = pool(sample, of: modalities, present, votes)
      // A lone modality's own logits decide, which no rounding has touched.
      if let label = labels?[sample] { losses[sample] = -sums[label] }
      let deciding = present.count == 1 ? modalities[first].doubles(of: sample) : sums
      guard let best = Fusion.largest(of: deciding) else { continue }
      predictions[sample] = best
      probabilities[sample] = Elementary.exponential(sums[best])
      for (modality, sound) in zip(present, soundness) {
        shares[modality][sample] = weights[modality] * sound[best]
      }
      if keepsScores {
        for label in sums.indices { scores[sample * sums.count + label] = sums[label] }
      }
    }
    return FusionResult(
      weights: shares, scores: scores, predictions: predictions, probabilities: probabilities,
      losses: losses)
  }

  /// How much likelier the input of a modality is spoilt in a sample than any other, from 1 to 100; nil: the
  /// modality has no detector.
  public func spoiltFactor(of sample: Int, modality: Int, _ logits: ModalityLogits) -> Double? {
    detectors[modality].map { Elementary.exponential($0.logRatio(sample, of: logits)) }
  }

  /// The log-probabilities of a sample, and for each modality present and class the probability that it is
  /// sound.
  private func pool(
    _ sample: Int, of modalities: [ModalityLogits], _ present: [Int], _ votes: PoolVotes
  ) -> (sums: [Double], soundness: [[Double]]) {
    var sums = votes.logPrior
    var soundness: [[Double]] = []
    for modality in present {
      let logits = modalities[modality]
      let own = PoolVotes.logSoftmax(logits.doubles(of: sample).map { weights[modality] * $0 })
      guard present.count > 1 else { return (own, [own.map { _ in 1 }]) }
      let ratio = detectors[modality]?.logRatio(sample, of: logits) ?? 0
      var sound = own
      for label in sums.indices {
        let vote = votes.vote(own[label], label: label, logRatio: ratio)
        sums[label] += vote.log
        sound[label] = vote.soundness
      }
      soundness.append(sound)
    }
    return (PoolVotes.logSoftmax(sums), soundness)
  }
}

/// The arithmetic of one modality's vote.
struct PoolVotes {
  /// `log pi`, `[K]`.
  let logPrior: [Double]
  private let logSound: Double
  private let logSpoilt: Double

  init(spoilt: Double, prior: [Double]) {
    logPrior = prior.map(Elementary.logarithm)
    logSound = Elementary.logarithm(1 - spoilt)
    logSpoilt = Elementary.logarithm(spoilt)
  }

  /// `log((1 - eps) exp(q) / pi + eps L)`, and the first term's part of that sum.
  @inline(__always)
  func vote(_ q: Double, label: Int, logRatio: Double) -> (log: Double, soundness: Double) {
    let sound = logSound + q - logPrior[label]
    let spoilt = logSpoilt + logRatio
    let distance = Elementary.exponential(sound < spoilt ? sound - spoilt : spoilt - sound)
    let log = (sound < spoilt ? spoilt : sound) + Elementary.logarithm(1 + distance)
    return (log, (sound < spoilt ? distance : 1) / (1 + distance))
  }

  /// `values - log sum exp(values)`.
  static func logSoftmax(_ values: [Double]) -> [Double] {
    let largest = values.max() ?? 0
    var sum = 0.0
    for value in values { sum += Elementary.exponential(value - largest) }
    let log = largest + Elementary.logarithm(sum)
    return values.map { $0 - log }
  }
}

extension ModalityLogits {
  /// A sample's logits, `[K]`.
  func doubles(of sample: Int) -> [Double] {
    (0..<classCount).map { Double(logits[sample * classCount + $0]) }
  }
}
