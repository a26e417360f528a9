import Configuration
import Datasets
import Exchange
import MLA
import Networks
import Tensors

/// Inputs that are not what they should be. A leader alone passes them forward: which inputs meet follows from all.
extension ModalityReplica {
  /// Gives `body` the logits of the shuffled inputs of the validation samples that this modality has, as many at
  /// a time as those of the samples themselves.
  func evaluateShuffled(head: Head, _ body: (EvaluatedLogits) throws -> Void) throws {
    let found = try shuffledLogits(.validation, heads: [head], stream: "fusion/shuffle/\(name)")
    try give(found, of: .validation, heads: [head], body)
  }

  /// Gives `body` what heads give where the test samples that this modality has are spoilt, as `evaluate` does.
  func evaluateSpoilt(
    _ kind: SpoiltInput, heads: [Head], _ body: (EvaluatedLogits) throws -> Void
  ) throws {
    let samples = Array(chunks(of: .test).joined())
    guard !samples.isEmpty else { return }
    let stream = "spoilt/noise/\(name)"
    switch kind {
    case .blank:
      let found = try learner.blankLogits(heads: heads)
      for chunk in chunks(of: .test) {
        for logits in found {
          try body(
            EvaluatedLogits(
              chunk.flatMap { _ in logits.values },
              featureNorms: chunk.map { _ in logits.featureNorms[0] }))
        }
      }
    case .noise where readsTokens:
      let found = try shuffledLogits(.test, heads: heads, stream: stream)
      try give(found, of: .test, heads: heads, body)
    case .noise:
      let found = try learner.noiseLogits(
        like: rows(of: samples, in: .test), samples: samples, of: data.test, loaders: loaders,
        heads: heads, seed: configuration.seed, stream: stream)
      try give(found, of: .test, heads: heads, body)
    case .swapped:
      preconditionFailure("swapped inputs have the logits of others, which are there")
    }
  }

  private var name: String { configuration.modalities[modality].name }

  /// Whether inputs are token numbers, of which there are none between two others.
  private var readsTokens: Bool {
    configuration.modalities[modality].encoder.readsTokens && !learner.network.beginsBehindFrozen
  }

  private func shuffledLogits(
    _ split: EvaluatedSplit, heads: [Head], stream: String
  ) throws -> [EvaluatedLogits] {
    try learner.shuffledLogits(
      of: rows(of: chunks(of: split).joined(), in: split), from: source(of: split),
      loaders: loaders, heads: heads, SeededGenerator(seed: configuration.seed, stream: stream))
  }

  /// Gives `body` what heads gave for all samples of a split, in the pieces that the coordinator expects.
  private func give(
    _ found: [EvaluatedLogits], of split: EvaluatedSplit, heads: [Head],
    _ body: (EvaluatedLogits) throws -> Void
  ) throws {
    var place = 0
    for chunk in chunks(of: split) {
      let next = place + chunk.count
      for (logits, head) in zip(found, heads) {
        let width = head.classCount
        try body(
          EvaluatedLogits(
            Array(logits.values[place * width..<next * width]),
            featureNorms: Array(logits.featureNorms[place..<next])))
      }
      place = next
    }
  }
}
