import MLA

/// The test of a case: every way to fuse, as the reference writes it.
struct CaseTest {
  private let oracle: OracleCase
  /// What the reference knows.
  private static let kinds: [FusionKind] = [
    .averageLogits, .averageProbabilities, .fixedLogits, .fixedProbabilities, .entropyLogits,
    .entropyProbabilities, .batchEntropyLogits,
  ]

  init(_ oracle: OracleCase) { self.oracle = oracle }

  /// Records what follows from the logits `[M][Nt, K]` of all test samples.
  func record(_ logits: [[Float]], to recorder: CaseRecorder) throws {
    let labels = try oracle.file.array("yt").integers()
    let flags = try oracle.file.array("present_t").integers()
    let width = oracle.modalityCount
    let modalities = logits.enumerated().map { modality, logits in
      ModalityLogits(
        logits: logits, present: labels.indices.map { flags[$0 * width + modality] != 0 },
        classCount: oracle.classCount)
    }
    recorder.set("test.logits", logits.flatMap { $0.map(Double.init) })
    recorder.set("test.entropy", modalities.flatMap(\.entropies))
    for kind in Self.kinds {
      let result = Fusion.fuse(
        modalities, kind: kind, fixedWeights: oracle.fixedWeights,
        batchSize: oracle.fusionBatchSize)
      recorder.set("test.weights.\(kind.rawValue)", result.weights.flatMap { $0 })
      recorder.set("test.fused.\(kind.rawValue)", result.scores)
      recorder.set("test.pred.\(kind.rawValue)", result.predictions.map(Double.init))
      recorder.set(
        "test.accuracy.\(kind.rawValue)", [accuracy(result.predictions, labels)])
    }
    recorder.set(
      "test.accuracy.unimodal",
      modalities.map { modality in
        let own = labels.indices.filter { modality.present[$0] }
        let predictions = Fusion.fuse([modality], kind: .averageLogits).predictions
        return own.isEmpty
          ? .nan : accuracy(own.map { predictions[$0] }, own.map { labels[$0] })
      })
  }

  private func accuracy(_ predictions: [Int], _ labels: [Int]) -> Double {
    Double(zip(predictions, labels).count { $0 == $1 }) / Double(labels.count)
  }
}
