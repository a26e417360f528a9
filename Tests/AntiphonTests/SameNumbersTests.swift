import TestSupport
import Testing

extension NumberJobs {
  /// The promise that everything else rests on: the way the ranks run changes no bit.
  @Suite struct SameNumbersTests {
    private static let lazy3 = """
      classes: 10
      features: 16
      epochs: 3
      batch_size: 128
      execution: {threads: 1}
      evaluation: {every: 2}
      data: {validation: 0.2}
      modalities:
        strong:
          data: {kind: synthetic, set: lazy3, component: strong}
          encoder: {kind: mlp, hidden: [16]}
        weak:
          data: {kind: synthetic, set: lazy3, component: weak}
          encoder: {kind: mlp, hidden: [16, 12]}
        weaker:
          data: {kind: synthetic, set: lazy3, component: weaker}
          optimizer: {lr: 0.05, decay_epoch: 2}

      """

    /// Trains both ways and compares every file.
    private func expectSame(
      _ workshop: Workshop, _ configuration: String, ranks: Int, set overrides: [String] = [],
      epochs: Int = 2, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      let one = try await workshop.train(.oneProcess, configuration, to: "one", set: overrides)
      try #require(one.status == 0, "\(one)", sourceLocation: sourceLocation)
      let many = try await workshop.train(.ranks(ranks), configuration, to: "many", set: overrides)
      try #require(many.status == 0, "\(many)", sourceLocation: sourceLocation)
      let (first, second) = (try RunNumbers(workshop, "one"), try RunNumbers(workshop, "many"))
      #expect(first.metrics == second.metrics, sourceLocation: sourceLocation)
      #expect(first.summary == second.summary, sourceLocation: sourceLocation)
      #expect(first.classes == second.classes, sourceLocation: sourceLocation)
      #expect(first.weights == second.weights, sourceLocation: sourceLocation)
      // That the two are equal must not come from there being nothing.
      #expect(first.metrics.count == epochs, sourceLocation: sourceLocation)
      #expect(first.weights.count >= ranks - 1, sourceLocation: sourceLocation)
      #expect(first.summary.contains("weights_sha256"), sourceLocation: sourceLocation)
    }

    @Test func `lazy3 is the same on four ranks and in one process`() async throws {
      let workshop = try Workshop()
      try workshop.scratch.write(Self.lazy3, to: "lazy3.yaml")
      try await expectSame(workshop, "lazy3.yaml", ranks: 4, epochs: 3)
    }

    @Test func `an order that is decided by losses is the same on ranks and in one process`()
      async throws
    {
      let workshop = try Workshop()
      try workshop.scratch.write(Self.lazy3, to: "lazy3.yaml")
      try await expectSame(
        workshop, "lazy3.yaml", ranks: 4, set: ["order=weakest_first", "evaluation.every=1"],
        epochs: 3)
    }

    @Test func `factors are the same on ranks and in one process, however the run is cut`()
      async throws
    {
      let workshop = try Workshop()
      try workshop.scratch.write(Self.lazy3, to: "lazy3.yaml")
      // 6 (10 + 16) is less than 10 x 16.
      let factors = [
        "batch_size=6", "epochs=1", "head.update=factors", "execution.features_may_cross=true",
        "hgm.memory=others", "data.validation=0.9",
      ]
      try await expectSame(workshop, "lazy3.yaml", ranks: 4, set: factors, epochs: 1)
      let cut = try await workshop.train(
        .ranks(4), "lazy3.yaml", to: "cut", set: factors + ["checkpoint.every=7 cycles"])
      try #require(cut.status == 0, "\(cut)")
      func hash(_ run: String) throws -> String {
        try #require(json(workshop, "\(run)/summary.json", "weights_sha256") as? String)
      }
      #expect(try hash("cut") == hash("many"))
    }

    @Test func `sounds and images under convolutions are the same on ranks and in one process`()
      async throws
    {
      let workshop = try Workshop.convolutional()
      try await expectSame(workshop, "cnn.yaml", ranks: 3)
    }

    @Test func `residual networks and transformers are the same on ranks and in one process`()
      async throws
    {
      let transformer =
        "{kind: transformer, input: spectrogram, size: tiny, depth: 1, width: 12, heads: 2,"
        + " patch_height: 4, patch_width: 4, dropout: 0.1, stochastic_depth: 0.1}"
      try await expectSame(
        Workshop.convolutional(), "cnn.yaml", ranks: 3,
        set: [
          "modalities.image.encoder={kind: resnet18, width: 3, blocks: 1}",
          "modalities.image.optimizer={kind: adamw, lr: 0.001}",
          "modalities.sound.encoder=\(transformer)",
        ])
    }

    @Test func `augmented samples are the same on ranks and in one process`() async throws {
      let workshop = try Workshop.convolutional()
      try await expectSame(
        workshop, "cnn.yaml", ranks: 3,
        set: [
          "modalities.image.data.resize=[12, 10]",
          "modalities.image.augment={shift: 2, flip: true}",
          "modalities.sound.augment={mask_rows: 2, mask_columns: 4, noise: 0.1}",
        ])
      let plain = try await workshop.train(
        .oneProcess, "cnn.yaml", to: "plain", set: ["modalities.image.data.resize=[12, 10]"])
      try #require(plain.status == 0, "\(plain)")
      #expect(try RunNumbers(workshop, "plain").weights != RunNumbers(workshop, "one").weights)
    }

    @Test func `ranks that share a modality give the numbers of one rank and of one process`()
      async throws
    {
      let workshop = try Workshop.convolutional()
      let shards = [
        "modalities.image.shards=4", "modalities.image.encoder.norm=batch",
        "modalities.image.augment={shift: 1, flip: true}",
      ]
      let one = try await workshop.train(.ranks(3), "cnn.yaml", to: "alone", set: shards)
      try #require(one.status == 0, "\(one)")
      try await expectSame(
        workshop, "cnn.yaml", ranks: 4, set: shards + ["modalities.image.ranks=2"])
      #expect(try RunNumbers(workshop, "alone").weights == RunNumbers(workshop, "many").weights)
      #expect(try RunNumbers(workshop, "alone").metrics == RunNumbers(workshop, "many").metrics)
    }

    @Test func `texts under a transformer are the same on ranks and in one process`() async throws {
      try await expectSame(Workshop.texts(), "texts.yaml", ranks: 3)
    }

    @Test(arguments: ["shared", "own"])
    func `samples that lack modalities give the same numbers both ways`(sampling: String)
      async throws
    {
      let workshop = try Workshop.uneven()
      try await expectSame(workshop, "uneven.yaml", ranks: 4, set: ["sampling=\(sampling)"])
      let trained = try json(workshop, "one/summary.json", "modalities", "c", "samples") as? Int
      #expect(trained == 20)
      #expect(try json(workshop, "one/summary.json", "samples") as? Int == 60)
    }

    @Test(arguments: ["separate", "joint_concat", "joint_sum", "ogm", "mmpareto"])
    func `every method gives the same numbers both ways`(method: String) async throws {
      try await expectSame(
        Workshop.uneven(), "uneven.yaml", ranks: 4, set: ["method=\(method)"])
    }

    /// The others with conversations of their own are verified over ranks.
    @Test(arguments: [
      "film", "{kind: reconboost, stage_epochs: 1, joint_epochs: 1, agreement: 0.5}",
    ])
    func `methods whose features cross, or that have stages, give the same numbers both ways`(
      method: String
    ) async throws {
      try await expectSame(
        Workshop.uneven(), "uneven.yaml", ranks: 4,
        set: ["method=\(method)", "execution.features_may_cross=true"])
    }

    @Test(arguments: [
      "paper", "plain", "official-effective", "official-first-release", "balancebench",
    ])
    func `every preset gives the same numbers both ways`(preset: String) async throws {
      // Written out keys win over a preset's, so only the preset's HGM and inactive encoders count.
      try await expectSame(Workshop.pair(), "pair.yaml", ranks: 3, set: ["preset=\(preset)"])
    }

    @Test(arguments: [
      ["hgm.memory=others", "hgm.bias=true", "hgm.project=update"],
      ["hgm.normalise=trace", "hgm.reset=epoch", "hgm.order=absorb_first", "order=[b, a]"],
    ])
    func `options of the head give the same numbers both ways`(overrides: [String]) async throws {
      try await expectSame(Workshop.pair(), "pair.yaml", ranks: 3, set: overrides)
    }

    @Test func `two runs are equal, and another seed differs`() async throws {
      let workshop = try Workshop.uneven()
      for (output, seed) in [("first", "7"), ("second", "7"), ("other", "8")] {
        let outcome = try await workshop.train(
          .ranks(4), "uneven.yaml", to: output, options: ["--seed", seed])
        try #require(outcome.status == 0, "\(outcome)")
      }
      let (first, second, other) = try (
        RunNumbers(workshop, "first"), RunNumbers(workshop, "second"),
        RunNumbers(workshop, "other")
      )
      #expect(first == second)
      #expect(first.metrics != other.metrics)
      #expect(first.weights != other.weights)
      #expect(first.weights.keys == other.weights.keys)
    }

    @Test func `ranks without work and several seeds change nothing`() async throws {
      let workshop = try Workshop.pair()
      let many = try await workshop.train(
        .ranks(5), "pair.yaml", to: "many", options: ["--seeds", "3,4"])
      try #require(many.status == 0, "\(many)")
      let one = try await workshop.train(.oneProcess, "pair.yaml", to: "one", set: ["seed=4"])
      try #require(one.status == 0, "\(one)")
      #expect(try RunNumbers(workshop, "many/seed-4") == RunNumbers(workshop, "one"))
      let values =
        try json(workshop, "many/summary.json", "fused", "entropy_logits", "accuracy", "values")
      let last = try json(workshop, "one/summary.json", "fused", "entropy_logits", "accuracy")
      #expect((values as? [Double])?.last == last as? Double)
      #expect((values as? [Double])?.count == 2)
    }
  }
}
