import MLA

extension Fusion {
  /// Fuses logits `[M][N, K]` of the samples that `present` `[M][N]` says each modality has.
  static func fuse(
    logits: [[Float]], present: [[Bool]], classCount: Int, kind: FusionKind,
    fixedWeights: [Double]? = nil, batchSize: Int = 64
  ) -> FusionResult {
    precondition(logits.count == present.count)
    let modalities = zip(logits, present).map {
      ModalityLogits(logits: $0, present: $1, classCount: classCount)
    }
    return fuse(modalities, kind: kind, fixedWeights: fixedWeights, batchSize: batchSize)
  }
}
