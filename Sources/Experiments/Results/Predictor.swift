import Configuration
import Coordinator
import MLA

/// Predictions of a finished run from what it left, with any of its modalities absent.
struct Predictor {
  let logits: KeptLogits
  let configuration: RunConfiguration
  let fusion: ExperimentDescription.ReportedFusion

  /// The kind of fusion; nil: the model's own way.
  private func kind(_ split: KeptLogits.Split) -> FusionKind? {
    switch fusion {
    case .kind(let kind): fitted(kind)
    case .own: split.own == nil ? fitted(configuration.fusion.kind) : nil
    }
  }

  /// A fusion, or what a run has in place of one that could not be fitted.
  private func fitted(_ kind: FusionKind) -> FusionKind {
    kind.isFitted && logits.pool == nil ? .averageLogits : kind
  }

  /// Whether scores are probabilities, not logits.
  func givesProbabilities(_ split: KeptLogits.Split) -> Bool {
    kind(split)?.fusesProbabilities ?? false
  }

  /// The prediction of a split.
  ///
  /// - Parameter present: which samples each modality has, `[M][N]`; nil: those that it has, else there are no scores
  ///   of a model's own prediction.
  /// - Returns: nil where that cannot be told from what was kept.
  func predict(_ split: KeptLogits.Split, present: [[Bool]]? = nil) -> FusionResult? {
    guard let kind = kind(split) else { return split.own.flatMap { own($0, present: present) } }
    let modalities =
      present.map { present in
        zip(split.modalities, present).map { $0.present($1) }
      } ?? split.modalities
    return fuse(modalities, kind)
  }

  /// The classes predicted where inputs are spoilt.
  ///
  /// - Parameters:
  ///   - spoilt: the modality of each sample whose input is, or `SpoiltDraw.nobody`.
  ///   - inputs: the logits of each modality where all of its inputs are.
  /// - Returns: nil where that cannot be told from what was kept.
  func predictions(
    _ split: KeptLogits.Split, _ kind: SpoiltInput, spoilt: [Int], inputs: [ModalityLogits]
  ) -> [Int]? {
    guard let fusion = self.kind(split) else {
      guard let own = split.own, let known = own.spoilt[kind], let sound = own.subsets.last else {
        return nil
      }
      return spoilt.enumerated().map { sample, modality in
        modality == SpoiltDraw.nobody ? sound[sample] : known[modality][sample]
      }
    }
    let mixed = split.modalities.indices.map { modality in
      split.modalities[modality].replaced(
        by: inputs[modality], where: spoilt.map { $0 == modality })
    }
    return fuse(mixed, fusion)?.predictions
  }

  private func fuse(_ modalities: [ModalityLogits], _ kind: FusionKind) -> FusionResult? {
    guard !kind.isFitted else { return logits.pool?.fuse(modalities) }
    return Fusion.fuse(
      modalities, kind: kind, fixedWeights: configuration.fusion.weights,
      batchSize: configuration.evaluation.batchSize)
  }

  private func own(_ own: KeptLogits.Own, present: [[Bool]]?) -> FusionResult? {
    let predictions: [Int]
    if let present {
      guard own.subsets.count == 1 << present.count else { return nil }
      predictions = (present.first ?? []).indices.map { sample in
        let set = present.indices.reduce(0) { $0 | (present[$1][sample] ? 1 << $1 : 0) }
        return own.subsets[set][sample]
      }
    } else {
      predictions = own.subsets[own.subsets.count - 1]
    }
    return FusionResult(
      weights: [], scores: present == nil ? own.scores : [], predictions: predictions,
      probabilities: [])
  }
}

extension KeptLogits.Split {
  /// Which samples each modality has, `[M][N]`.
  var present: [[Bool]] { modalities.map(\.present) }
}
