import Networks
import Testing

@testable import Configuration

/// The keys of weights that come from elsewhere.
@Suite struct PretrainingTests {
  private func modality(_ encoder: String, _ more: String = "") throws -> ModalityConfiguration {
    try parse(minimal + "    encoder: {\(encoder)}\n\(more)").modalities[0]
  }

  @Test func `weights, their layers and their rates stand beside the kind`() throws {
    let found = try modality(
      "kind: transformer, weights: a/b.safetensors, format: bert, freeze: 3, lr_scale: 0.5, "
        + "layer_decay: 0.75, norm: post, epsilon: 1e-12, class_token: false, "
        + "positions: fixed_columns_first, pooling: mean_all, maximum_positions: 512")
    var expected = PretrainingOptions()
    (expected.weights, expected.format, expected.freeze) = ("a/b.safetensors", .bert, .blocks(3))
    (expected.learningRateScale, expected.layerDecay) = (0.5, 0.75)
    #expect(found.pretraining == expected)
    var options = TransformerOptions()
    (options.norm, options.epsilon, options.hasClassToken) = (.post, 1e-12, false)
    (options.positions, options.pooling) = (.fixedColumnsFirst, .meanAll)
    options.maximumPositions = 512
    #expect(found.encoder == .transformer(options))
  }

  @Test func `levels of frozen layers are names or numbers of blocks`() throws {
    let levels: [(String, EncoderTraining.Freeze)] = [
      ("none", .nothing), ("embeddings", .embeddings), ("1", .blocks(1)), ("1024", .blocks(1_024)),
      ("all", .all), ("\"all\"", .all),
    ]
    for (text, level) in levels {
      let found = try modality("kind: resnet18, weights: a, freeze: \(text)")
      #expect(found.pretraining.freeze == level)
    }
    let cached = try modality("kind: resnet18, weights: a, freeze: all, cache_features: true")
    #expect(cached.pretraining.cachesFeatures)
  }

  static let refusals: [(encoder: String, more: String, words: String)] = [
    ("kind: resnet18, freeze: all", "", "encoder.freeze: found frozen layers without weights"),
    (
      "kind: resnet18, weights: a, freeze: 0", "",
      "encoder.freeze: found 0, expected none, embeddings, all, or a number of blocks from 1 to 1024"
    ),
    ("kind: resnet18, weights: a, freeze: embedings", "", "did you mean 'embeddings'?"),
    ("kind: transformer, weights: a, format: brt", "", "did you mean 'bert'?"),
    (
      "kind: resnet18, weights: a, freeze: 4, cache_features: true", "",
      "encoder.cache_features: found true, expected false unless `freeze` is all"
    ),
    (
      "kind: resnet18, weights: a, freeze: all, cache_features: true",
      "    augment: {flip: true}\n", "encoder.cache_features: found true, but `augment` changes"
    ),
    ("kind: mlp, freeze: none", "", "encoder.freeze: found an unknown key"),
    ("kind: transformer, lr_scale: 0", "", "encoder.lr_scale: found 0, expected a number above 0"),
    ("kind: transformer, layer_decay: 1.5", "", "encoder.layer_decay: found 1.5"),
    ("kind: transformer, epsilon: 0", "", "encoder.epsilon: found 0"),
  ]

  @Test(arguments: refusals.indices)
  func `what cannot be is refused in one sentence`(index: Int) throws {
    let (encoder, more, words) = Self.refusals[index]
    let error = try #require(throws: ConfigurationError.self) { try modality(encoder, more) }
    #expect("\(error)".contains(words), "\(error)")
    #expect(!"\(error)".contains("\n"))
  }

  @Test func `rates may change in the middle of a run, what is frozen may not`() throws {
    func run(_ freeze: String, _ decay: String) throws -> RunConfiguration {
      try parse(
        minimal
          + "    encoder: {kind: resnet18, weights: a, freeze: \(freeze), layer_decay: \(decay)}\n")
    }
    let old = try run("1", "0.5")
    let slower = try ConfigurationChanges(from: old.yaml, to: run("1", "0.75"))
    #expect(slower.another.isEmpty && slower.inexact.count == 1)
    let thawed = try ConfigurationChanges(from: old.yaml, to: run("none", "0.5"))
    #expect(thawed.another == ["modalities.a.encoder.freeze was 1 and is now none"])
  }
}
