import Tensors

/// What becomes of an input that is spoilt when a model is tested.
public enum SpoiltInput: String, Sendable, CaseIterable {
  /// It is that of another sample.
  case swapped
  /// It is normal noise, with the mean and the deviation that each of its positions has over the samples.
  case noise
  /// It is zeros.
  case blank
}

/// Which inputs of a split are spoilt: in each sample that is, that of one modality.
///
/// The draw follows from the seed and from who has what alone, so that it is the same for all models that are
/// compared, and for all kinds of spoiling; what is spoilt at one rate is spoilt at every larger one.
public struct SpoiltDraw: Sendable {
  /// In the place of a modality: the sample is not spoilt.
  public static let nobody = -1

  /// The samples that have a modality, in the order in which they are spoilt as the rate grows.
  private let order: [Int]
  /// The modality of each sample that is spoilt if the sample is.
  private let chosen: [Int]
  /// For each modality, the sample whose input a swapped one is, `[M][N]`: another of those that have the modality;
  /// where there is no other, and where the modality is absent, the sample itself.
  public let partners: [[Int]]

  /// A draw among the modalities that the samples have.
  ///
  /// - Parameters:
  ///   - present: which samples each modality has, `[M][N]`.
  ///   - seed: the seed of the run.
  public init(present: [[Bool]], seed: UInt64) {
    var choices = SeededGenerator(seed: seed, stream: "spoilt/modality")
    var chosen = (present.first ?? []).map { _ in Self.nobody }
    var samples: [Int] = []
    for sample in chosen.indices {
      let had = present.indices.filter { present[$0][sample] }
      guard !had.isEmpty else { continue }
      chosen[sample] = had[choices.integer(below: had.count)]
      samples.append(sample)
    }
    var orders = SeededGenerator(seed: seed, stream: "spoilt/samples")
    self.chosen = chosen
    order = orders.permutation(samples.count).map { samples[$0] }
    partners = present.enumerated().map { modality, present in
      var draws = SeededGenerator(seed: seed, stream: "spoilt/swapped", numbers: [modality])
      let having = present.indices.filter { present[$0] }
      var partners = Array(present.indices)
      guard having.count > 1 else { return partners }
      for (place, sample) in having.enumerated() {
        let other = draws.integer(below: having.count - 1)
        partners[sample] = having[other < place ? other : other + 1]
      }
      return partners
    }
  }

  /// The modality of each sample that is spoilt, or `nobody`: in the share `rate`, rounded to whole samples, of those
  /// that have any.
  public func modalities(spoiltAt rate: Double) -> [Int] {
    precondition((0...1).contains(rate), "a rate of \(rate)")
    var found = chosen.map { _ in Self.nobody }
    for sample in order.prefix(Int((rate * Double(order.count)).rounded())) {
      found[sample] = chosen[sample]
    }
    return found
  }
}

extension ModalityLogits {
  /// The logits where each sample has those of the one that `sources` names.
  public func taken(from sources: [Int]) -> ModalityLogits {
    precondition(sources.count == sampleCount)
    return ModalityLogits(
      logits: sources.flatMap { logits[$0 * classCount..<($0 + 1) * classCount] },
      present: present, classCount: classCount,
      featureNorms: featureNorms.isEmpty ? [] : sources.map { featureNorms[$0] })
  }

  /// The logits with those of `other` where `isReplaced` says so.
  public func replaced(by other: ModalityLogits, where isReplaced: [Bool]) -> ModalityLogits {
    precondition(isReplaced.count == sampleCount && other.logits.count == logits.count)
    precondition(other.featureNorms.count == featureNorms.count)
    var (logits, norms) = (logits, featureNorms)
    for sample in isReplaced.indices where isReplaced[sample] {
      let places = sample * classCount..<(sample + 1) * classCount
      logits.replaceSubrange(places, with: other.logits[places])
      if !norms.isEmpty { norms[sample] = other.featureNorms[sample] }
    }
    return ModalityLogits(
      logits: logits, present: present, classCount: classCount, featureNorms: norms)
  }
}
