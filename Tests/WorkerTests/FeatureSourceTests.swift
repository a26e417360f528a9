import Datasets
import Networks
import Tensors
import Testing

@testable import Worker

/// Features that are computed once, against samples that go through the whole encoder each time.
@Suite struct FeatureSourceTests {
  /// Pictures, or texts of changing length.
  private struct Given: SampleSource {
    let sampleShape: Shape
    let isText: Bool
    let labels = (0..<11).map { $0 % 3 }
    var ids: [String] { labels.indices.map { "s\($0)" } }

    func read(_ index: Int, into destination: inout MutableSpan<Float>) {
      var generator = SeededGenerator(seed: UInt64(index), stream: "given")
      for place in destination.indices {
        let token = place > index ? 0 : Float(1 + generator.integer(below: 8))
        destination[place] = isText ? token : Float(generator.normal())
      }
    }
  }

  private static let networks: [(EncoderArchitecture, Shape)] = {
    var text = TransformerOptions()
    (text.width, text.depth, text.heads, text.hidden) = (16, 2, 2, 24)
    (text.input, text.vocabulary, text.norm, text.dropout) = (.text, 9, .post, 0.2)
    var resnet = ResNetOptions()
    (resnet.width, resnet.blocks) = (16, 1)
    return [(.transformer(text), [14]), (.resnet18(resnet), [20, 18, 1])]
  }()

  private func learner(
    _ network: Int, features: Int, shards: Int = 1, isCached: Bool
  ) throws -> (learner: ModalityLearner, test: any SampleSource) {
    let (architecture, shape) = Self.networks[network]
    var training = EncoderTraining()
    training.freeze = .all
    var generator = SeededGenerator(seed: 1, stream: "encoder")
    let sharded = try ShardedEncoder(Shards(shards), capacity: 4) { capacity, memory in
      try architecture.makeEncoder(
        inputShape: shape, features: features, capacity: capacity, gradients: .shared,
        training: training, memory: memory ?? .own)
    }
    let encoder = sharded.first
    encoder.store.initialise(from: &generator)
    // Running statistics of a network that has seen something.
    for state in encoder.states {
      for place in 0..<state.values.storage.count {
        // Variances grow, and means move a little either way.
        let drawn = Float(generator.normal())
        state.values.storage[place] += state.name.hasSuffix("var") ? abs(drawn) : drawn / 20
      }
    }
    let source = Given(sampleShape: shape, isText: network == 0)
    let learner = ModalityLearner(
      network: sharded, source: source, classCount: 3, options: OptimizerOptions())
    guard isCached else { return (learner, source) }
    let rows = Array(0..<11)
    let cached = try FeatureSource(
      source, rows: rows, of: encoder, capacity: learner.evaluationCapacity)
    learner.begin(with: cached)
    return (learner, cached)
  }

  /// The bits of features, logits and weights in three epochs.
  private func train(
    _ network: Int, features: Int, shards: Int, isCached: Bool
  ) throws -> [[UInt32]] {
    let (learner, test) = try learner(
      network, features: features, shards: shards, isCached: isCached)
    var generator = SeededGenerator(seed: 2, stream: "head")
    let head = Head(classCount: 3, featureCount: features, generator: &generator)
    var found: [[UInt32]] = []
    for rows in [[3, 1, 10, 7], [2, 8], [5, 10, 0, 9], [4]] {
      try learner.load(rows, at: TrainingPlace(epoch: 0, batch: 0))
      let output = try learner.forward()
      found.append(output.array.map(\.bitPattern) + learner.labels.array.map(UInt32.init))
      let gradient = Tensor([features], output.array.map { $0 / 8 - 0.1 })
      #expect(try learner.backward(gradient, learningRate: 0.1) == nil)
      let logits = try learner.logits(
        of: Array(0..<11), from: BatchFeed(copying: test), head: head)
      found.append(logits.values.map(\.bitPattern))
    }
    found.append(learner.encoder.store.values.array.map(\.bitPattern))
    return found
  }

  @Test(arguments: networks.indices, [(5, 1), (16, 1), (128, 1), (5, 3), (16, 4), (128, 3)])
  func `training with kept features has the bits of training without`(
    network: Int, widths: (features: Int, shards: Int)
  ) throws {
    let (features, shards) = widths
    try Threads.with(count: 2, products: .portable) {
      let cached = try train(network, features: features, shards: shards, isCached: true)
      let whole = try train(network, features: features, shards: shards, isCached: false)
      #expect(cached == whole)
      // Something moved, unless there is nothing behind what is frozen.
      let isWhole = features == [16, 128][network]
      #expect((cached[0] == cached[4]) == false && cached.count == 9)
      #expect((cached[1] == cached[3]) == isWhole)
    }
  }

  @Test func `features are those of the frozen layers, for the rows that are asked for`() throws {
    let learner = try learner(1, features: 5, isCached: false).learner
    let source = Given(sampleShape: [20, 18, 1], isText: false)
    let features = try FeatureSource(source, rows: [2, 9], of: learner.encoder, capacity: 1)
    #expect(features.sampleShape == [128] && features.ids == source.ids)
    #expect(features.labels == source.labels && features.hasWrittenIDs)
    func read(_ row: Int) -> [Float] {
      var values = [Float](repeating: .nan, count: 128)
      var span = values.mutableSpan
      features.read(row, into: &span)
      return values
    }
    var sample = [Float](repeating: 0, count: 360)
    var span = sample.mutableSpan
    source.read(9, into: &span)
    let expected = learner.encoder.forwardFrozen(Tensor([20, 18, 1], sample)).array
    #expect(read(9) == expected && read(9) != read(2))
    #expect(expected.count { $0 != 0 } > 32)
    #expect(read(3).allSatisfy { $0 == 0 })
  }

  @Test func `work that is to end ends between samples`() throws {
    struct End: Error {}
    let learner = try learner(0, features: 5, isCached: false).learner
    var looks = 0
    func look() throws {
      looks += 1
      if looks > 6 { throw End() }
    }
    #expect(throws: End.self) {
      try LongWork.run(lookingUp: look) {
        _ = try FeatureSource(
          Given(sampleShape: [14], isText: true), rows: Array(0..<11), of: learner.encoder,
          capacity: 4)
      }
    }
    #expect(looks == 7)
  }
}
