import MLA
import Methods

/// The test of a case: every way to fuse, as the reference writes it.
struct CaseTest {
  private let oracle: OracleCase
  /// What the reference knows.
  private static let kinds: [FusionKind] = [
    .averageLogits, .averageProbabilities, .fixedLogits, .fixedProbabilities, .entropyLogits,
    .entropyProbabilities, .batchEntropyLogits,
  ]

  init(_ oracle: OracleCase) { self.oracle = oracle }

  /// Records what follows from the logits `[M][heads][Nt, K]` of all test samples, where a model predicts by
  /// itself: by the last head's, with their share, while modalities are judged by the first's.
  func record(
    _ heads: [[[Float]]], prediction: (any ModelPrediction)?, to recorder: CaseRecorder
  ) throws {
    let labels = try oracle.file.array("yt").integers()
    let shared = heads.enumerated().map { modality, logits in
      let share = prediction?.share(of: modality)
      var logits = logits
      let last = logits.count - 1
      for place in logits[last].indices {
        logits[last][place] += share?[place % oracle.classCount] ?? 0
      }
      return logits
    }
    let own = try present(shared.map { $0[0] }, labels.count).enumerated().map {
      prediction?.alone($0, $1) ?? $1
    }
    recorder.set("test.logits", own.flatMap { $0.logits.map(Double.init) })
    recorder.set("test.accuracy.unimodal", unimodal(own, labels))
    guard let prediction else { return }
    let result = prediction.fuse(
      try present(shared.map { $0[$0.count - 1] }, labels.count), keepsScores: true)
    recorder.set("test.fused.joint", result.scores)
    recorder.set("test.pred.joint", result.predictions.map(Double.init))
    recorder.set("test.accuracy.joint", [accuracy(result.predictions, labels)])
  }

  private func present(_ logits: [[Float]], _ count: Int) throws -> [ModalityLogits] {
    let flags = try oracle.file.array("present_t").integers()
    let width = oracle.modalityCount
    return logits.enumerated().map { modality, logits in
      ModalityLogits(
        logits: logits, present: (0..<count).map { flags[$0 * width + modality] != 0 },
        classCount: logits.count / max(1, count))
    }
  }

  private func unimodal(_ modalities: [ModalityLogits], _ labels: [Int]) -> [Double] {
    modalities.map { modality in
      let own = labels.indices.filter { modality.present[$0] }
      let predictions = Fusion.fuse([modality], kind: .averageLogits).predictions
      return own.isEmpty
        ? .nan : accuracy(own.map { predictions[$0] }, own.map { labels[$0] })
    }
  }

  /// Records what follows from the logits `[M][Nt, K]` of all test samples.
  func record(_ logits: [[Float]], to recorder: CaseRecorder) throws {
    let labels = try oracle.file.array("yt").integers()
    let modalities = try present(logits, labels.count)
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
    recorder.set("test.accuracy.unimodal", unimodal(modalities, labels))
  }

  private func accuracy(_ predictions: [Int], _ labels: [Int]) -> Double {
    Double(zip(predictions, labels).count { $0 == $1 }) / Double(labels.count)
  }
}
