import Configuration
import Datasets
import MLA
import Methods
import Networks
import TestSupport
import Testing

/// What every rank remembers is all that it needs: a fresh run goes on from it bit for bit.
@Suite struct StateTests {
  private static let optimizers: [(String, @Sendable (inout OptimizerOptions) -> Void)] = [
    ("sgd", { $0.momentum = 0.9 }),
    ("nesterov", { ($0.momentum, $0.isNesterov) = (0.9, true) }),
    ("adam", { $0.kind = .adam }),
    ("adamw", { ($0.kind, $0.weightDecay) = (.adamw, 0.1) }),
    ("clipped", { $0.clipNorm = 0.01 }),
  ]

  /// Every conversation with every optimizer, and every method with one.
  private static let pairs: [(kind: String, optimizer: String)] = {
    let conversations = ["mla", "separate", "joint_concat", "mmpareto"]
    return MethodList.all.map { $0.kind }.flatMap { kind in
      optimizers.map { $0.0 }.filter { $0 == "sgd" || conversations.contains(kind) }.map {
        (kind, $0)
      }
    }
  }()

  private func run(
    _ method: any TrainingMethod.Type, optimizer: String,
    _ change: @Sendable (inout RunConfiguration) -> Void = { _ in }
  ) throws -> SmallRun {
    let choose = try #require(Self.optimizers.first { $0.0 == optimizer }).1
    return SmallRun(MethodChoice(method.init())) { run in
      choose(&run.optimizer)
      run.optimizer.learningRate = 0.05
      for place in run.modalities.indices { run.modalities[place].optimizer = run.optimizer }
      change(&run)
    }
  }

  @Test(arguments: pairs)
  func `methods go on with optimizers`(pair: (kind: String, optimizer: String)) throws {
    let (kind, optimizer) = pair
    let method = try #require(MethodList.all.first { $0.kind == kind })
    // After an epoch, and in the middle of one.
    for cycle in [3, 5] { try run(method, optimizer: optimizer).expectResumable(after: cycle) }
  }

  @Test(arguments: pairs)
  func `every method trains in shards, some at a time with the same bits`(
    pair: (kind: String, optimizer: String)
  ) throws {
    let (kind, optimizer) = pair
    let method = try #require(MethodList.all.first { $0.kind == kind })
    func memory(_ shards: Int, _ atOnce: Int?) throws -> SmallRun.Memory {
      try run(method, optimizer: optimizer) { run in
        for place in run.modalities.indices {
          (run.modalities[place].sharding.count, run.modalities[place].sharding.atOnce) = (
            shards, atOnce
          )
        }
      }.train(0..<6)
    }
    let all = try memory(4, nil)
    #expect(try SmallRun.differences(memory(4, 2), all) == [])
    let whole = try memory(1, nil)
    for (one, other) in zip(whole.joined(), all.joined()) where one.name.hasSuffix("weight") {
      let values = [one, other].map {
        $0.bits.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
      }
      expectClose(values[0], values[1], relative: 1e-4, one.name)
    }
    #expect(SmallRun.differences(whole, all) != [])
  }

  private static let options: [(String, @Sendable (inout RunConfiguration) -> Void)] = [
    ("the mean feature's own projector for each modality", { $0.hgm.memory = .others }),
    ("the bias is projected", { $0.hgm.includesBias = true }),
    ("projectors start over", { $0.hgm.reset = .epoch }),
    ("projectors are normalised", { $0.hgm.normalisation = .frobenius }),
    ("the step is projected", { $0.hgm.projected = .update }),
    ("the historical formula", { $0.hgm.formula = .outer }),
    ("no first step", { $0.hgm.firstStep = .plain }),
    ("no modification", { $0.hgm.isEnabled = false }),
    ("encoders drift", { $0.inactiveEncoders = .zeroGrad }),
  ]

  @Test(arguments: options.map(\.0))
  func `alternation goes on with every option`(
    name: String
  ) throws {
    let change = try #require(Self.options.first { $0.0 == name }).1
    for cycle in [3, 7] {
      try run(AlternatingAdaptation.self, optimizer: "sgd", change).expectResumable(after: cycle)
    }
  }

  /// In one piece; in four shards, of which one or all are computed at a time.
  @Test(arguments: [(1, nil), (4, nil), (4, 1)] as [(Int, Int?)])
  func `what encoders draw and average, and what changes samples, goes on`(
    shards: Int, atOnce: Int?
  ) throws {
    var transformer = TransformerOptions()
    (transformer.input, transformer.width, transformer.depth) = (.image, 8, 1)
    (transformer.heads, transformer.hidden, transformer.dropout) = (2, 8, 0.3)
    (transformer.patchHeight, transformer.patchWidth) = (5, 2)
    var cnn = CNNOptions()
    (cnn.channels, cnn.norm) = ([3], .batch)
    for encoder in [EncoderArchitecture.transformer(transformer), .cnn(cnn)] {
      var run = try run(AlternatingAdaptation.self, optimizer: "adamw") { run in
        run.modalities[0].augmentation.noise = 0.2
        run.modalities[1].encoder = encoder
        for place in run.modalities.indices {
          (run.modalities[place].sharding.count, run.modalities[place].sharding.atOnce) = (
            shards, atOnce
          )
        }
      }
      run.sampleShapes[1] = [5, 8, 1]
      try run.expectResumable(after: 4)
    }
  }
}
