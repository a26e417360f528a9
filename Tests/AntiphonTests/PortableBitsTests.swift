import Tensors
import TestSupport
import Testing

extension PortableJobs {
  /// With portable products, the weights of a run are the same bits on every processor with fused
  /// multiply-adds, however it is run. Their hashes stand here, and are compared on whatever runs this.
  ///
  /// Who changes arithmetic on purpose takes the new ones from this test's output, in a commit that
  /// says why they changed.
  @Suite(.enabled(if: Lanes.available.contains(.avx2))) struct PortableBitsTests {
    /// A short run, and the hash of its weights.
    struct Subject: CustomTestStringConvertible, Sendable {
      let testDescription: String
      let workshop: @Sendable () throws -> Workshop
      let configuration: String
      let ranks: Int
      var overrides: [String] = []
      let hash: String
    }

    private static let spectrogramTransformer =
      "{kind: transformer, input: spectrogram, depth: 2, width: 12, heads: 2, patch_height: 4,"
      + " patch_width: 4, dropout: 0.1, stochastic_depth: 0.1}"
    private static let imageTransformer =
      "{kind: transformer, input: image, depth: 1, width: 16, heads: 2, patch_height: 4,"
      + " patch_width: 4, pooling: class, gelu: tanh, positions: fixed}"

    static let subjects = [
      Subject(
        testDescription: "mlp, sgd", workshop: { try .pair() }, configuration: "pair.yaml",
        ranks: 3, hash: "304646f4d5483eb5770c0ea3d4135a4811ad2432a3f7f693704a7cccb4d90c43"),
      Subject(
        testDescription: "missing modalities, Nesterov", workshop: { try .uneven() },
        configuration: "uneven.yaml", ranks: 4,
        overrides: ["sampling=own", "optimizer.nesterov=true"],
        hash: "046cea8936dbfb9043991d002fa778b87680b74f6e502e57a0bd09092ada74b1"),
      Subject(
        testDescription: "separate, Adam", workshop: { try .uneven() },
        configuration: "uneven.yaml", ranks: 4,
        overrides: ["method=separate", "optimizer.kind=adam", "optimizer.lr=0.01"],
        hash: "37fdaa392f3b46a5a62bb9178f0e51825dc0d98c85c491ac98311d1f45a47de7"),
      Subject(
        testDescription: "joint_concat, a cosine", workshop: { try .uneven() },
        configuration: "uneven.yaml", ranks: 4,
        overrides: ["method=joint_concat", "optimizer.schedule=cosine", "epochs=3"],
        hash: "39d4f7d312259903079af934862de402c8a7b61598cc215f9fd2f16276e8e4ac"),
      Subject(
        testDescription: "joint_sum, clipped", workshop: { try .uneven() },
        configuration: "uneven.yaml", ranks: 4,
        overrides: ["method=joint_sum", "optimizer.clip_norm=0.5"],
        hash: "1e411f360203c0ab734a95b2ab052ef98f66f3abb7bdd7283a215b9ffc26cf10"),
      Subject(
        testDescription: "cnn by columns", workshop: { try .convolutional() },
        configuration: "cnn.yaml", ranks: 3,
        hash: "9e8a10b08ad7cbc3bf3b36fdead6ff14dab173967bf9b135ef0da26ef21dc4f7"),
      Subject(
        testDescription: "cnn in place, augmented", workshop: { try .convolutional() },
        configuration: "cnn.yaml", ranks: 3,
        overrides: [
          "modalities.sound.encoder={kind: cnn, channels: [16, 32]}",
          "modalities.image.encoder={kind: cnn, channels: [16, 48], pooling: mean}",
          "modalities.image.data.resize=[12, 10]",
          "modalities.image.augment={shift: 2, flip: true}",
          "modalities.sound.augment={mask_rows: 2, mask_columns: 4, noise: 0.1}",
        ], hash: "8ccf32dec633c00dc444119a0449b1e68ec781c39074d4b494479a4657da5407"),
      Subject(
        testDescription: "resnet18, AdamW", workshop: { try .convolutional() },
        configuration: "cnn.yaml", ranks: 3,
        overrides: [
          "modalities.image.encoder={kind: resnet18, width: 16, blocks: 1}",
          "modalities.sound.encoder={kind: resnet18, width: 6, blocks: 1}",
          "optimizer.kind=adamw", "optimizer.lr=0.001",
        ], hash: "f78214e81adcfb94faa6dfd416cb84e13f3805fdfb26bb9b6bf8685c20358aa6"),
      Subject(
        testDescription: "transformers of pictures, dropout", workshop: { try .convolutional() },
        configuration: "cnn.yaml", ranks: 3,
        overrides: [
          "modalities.sound.encoder=\(spectrogramTransformer)",
          "modalities.image.encoder=\(imageTransformer)", "optimizer.kind=adamw",
          "optimizer.lr=0.001",
        ], hash: "a23882fabe9ad411daa45b8103cba1175aa60d3f8ec5a9fd95b1c6fece0723f0"),
      Subject(
        testDescription: "transformer of texts", workshop: { try .texts() },
        configuration: "texts.yaml", ranks: 3,
        hash: "cc1b7dba4462d0f318f98a189f324e3f3c88ed00a929c8ef1f1185dcddd3fc83"),
      Subject(
        testDescription: "HGM: others, bias, update", workshop: { try .pair() },
        configuration: "pair.yaml", ranks: 3,
        overrides: ["hgm.memory=others", "hgm.bias=true", "hgm.project=update"],
        hash: "f60b305bf460e6f2b92c9b1ebf7821597d7dd13337a5a6372f405a738fe2aaaf"),
      Subject(
        testDescription: "HGM: the first release", workshop: { try .pair() },
        configuration: "pair.yaml", ranks: 3, overrides: ["preset=official-first-release"],
        hash: "bdca9cef32b3e010e0895bfd92cfc9436df5c752ffa6adbe3456b999d3fee935"),
    ]

    @Test(arguments: subjects)
    func `weights have the hash that they have everywhere`(_ subject: Subject) async throws {
      let workshop = try subject.workshop()
      // The widest lanes in one thread, the narrowest that fuse in two, and ranks with three.
      let widest = Lanes.available.last ?? .avx2
      let ways: [(name: String, way: Way, lanes: Lanes, threads: Int)] = [
        ("one", .oneProcess, widest, 1), ("two", .oneProcess, .avx2, 2),
        ("ranks", .ranks(subject.ranks), widest, 3),
      ]
      for (name, way, lanes, threads) in ways {
        let outcome = try await workshop.train(
          way, subject.configuration, to: name,
          set: subject.overrides + ["execution.products=portable", "execution.threads=\(threads)"],
          environment: [Lanes.variable: lanes.rawValue])
        try #require(outcome.status == 0, "\(outcome)")
        #expect(
          try json(workshop, "\(name)/environment.json", "lanes") as? String == lanes.rawValue)
        let found = try json(workshop, "\(name)/summary.json", "weights_sha256") as? String
        #expect(found == subject.hash, "\(subject.testDescription), \(name)")
      }
    }

    @Test func `plain lanes differ in bits alone, and not between threads`() async throws {
      let workshop = try Workshop.convolutional()
      for (name, lanes, threads) in [
        ("plain", "plain", 1), ("two", "plain", 2), ("fused", "avx2", 1),
      ] {
        let outcome = try await workshop.train(
          .oneProcess, "cnn.yaml", to: name,
          set: ["execution.products=portable", "execution.threads=\(threads)"],
          environment: [Lanes.variable: lanes])
        try #require(outcome.status == 0, "\(outcome)")
      }
      #expect(try RunNumbers(workshop, "plain") == RunNumbers(workshop, "two"))
      func loss(_ run: String) throws -> Double {
        let lines = try #require(workshop.scratch.text("\(run)/metrics.jsonl")).split(
          separator: "\n")
        try workshop.scratch.write(String(#require(lines.last)), to: "last.json")
        return try #require(json(workshop, "last.json", "training", "image", "loss") as? Double)
      }
      let (plain, fused) = (try loss("plain"), try loss("fused"))
      #expect(abs(plain - fused) < 1e-3 * fused)
    }

    @Test func `an evaluation does not depend on its batch size`() async throws {
      let workshop = try Workshop.convolutional()
      let trained = try await workshop.train(
        .oneProcess, "cnn.yaml", to: "run", set: ["execution.products=portable"])
      try #require(trained.status == 0, "\(trained)")
      var tables: [String] = []
      for size in [1, 7, 256] {
        let outcome = try await workshop.evaluate(
          .oneProcess, "run", predictions: "\(size).csv",
          options: ["--set", "evaluation.batch_size=\(size)"])
        try #require(outcome.status == 0, "\(outcome)")
        tables.append(try #require(workshop.scratch.text("\(size).csv")))
      }
      #expect(tables[0] == tables[1] && tables[1] == tables[2])
      #expect(tables[0].split(separator: "\n").count == 25)
    }

    @Test func `lanes that the processor does not have are refused`() async throws {
      let workshop = try Workshop.pair()
      let outcome = try await workshop.train(
        .oneProcess, "pair.yaml", to: "run", environment: [Lanes.variable: "avx1024"])
      #expect(outcome.status == 65)
      let choices = Lanes.available.map(\.rawValue).joined(separator: ", ")
      #expect(
        outcome.sentences == [
          "ANTIPHON_LANES: found 'avx1024', expected one that this processor can run: \(choices)"
        ])
    }
  }
}
