import Configuration
import Datasets
import Exchange
import MLA
import Networks
import Tensors
import TestSupport
import Testing

@testable import Worker

/// What a rank sees of a mini-batch that it shares with others.
@Suite struct ShardedLearnerTests {
  private static let rows = [4, 2, 7, 0, 9, 1, 3, 5, 6, 8]
  private static let place = TrainingPlace(epoch: 1, batch: 2)

  private func learner(
    _ shards: Shards, step: ((ShardedEncoder) -> any EncoderStep)? = nil
  ) throws -> ModalityLearner {
    var mlp = MLPOptions()
    mlp.hidden = [6]
    let source = Samples(count: 10, width: 5, classes: Learner.classes, stream: "data")
    let network = try ShardedEncoder(shards, capacity: 10) { capacity, memory in
      var generator = SeededGenerator(seed: 1, stream: "encoder")
      let encoder = try EncoderArchitecture.mlp(mlp).makeEncoder(
        inputShape: [5], features: Learner.features, capacity: capacity, gradients: .shared,
        memory: memory ?? .own)
      if memory == nil { encoder.store.initialise(from: &generator) }
      return encoder
    }
    var noise = AugmentationOptions()
    noise.noise = 0.5
    let augmentation = try Augmentation(noise, sampleShape: [5], isText: false)
    let feed = try BatchFeed(of: source, loaders: 0) {
      try SampleMaker(source, augmentation: augmentation, seed: 7, name: "m")
    }
    return ModalityLearner(
      network: network, source: source, classCount: Learner.classes, options: .still, feed: feed,
      step: step?(network))
  }

  @Test func `ranks load their own samples, changed as they stand in the whole mini-batch`() throws
  {
    let whole = try learner(Shards(4))
    try whole.load(Self.rows, at: Self.place)
    let labels = whole.labels.array
    var inputs: [Float] = []
    var features: [Float] = []
    for rank in 0..<2 {
      let part = try learner(Shards(4, own: 2 * rank..<2 * rank + 2))
      try part.load(Self.rows, at: Self.place)
      #expect(part.labels.array == labels && part.firstPlace == 5 * rank)
      inputs += part.input.array
      features += try part.forwardOwn().array
    }
    #expect(inputs == whole.input.array)
    #expect(try features == whole.forward().array)
    // A rank whose shards are all empty has nothing to load.
    let last = try learner(Shards(4, own: 0..<1))
    try last.load([3], at: Self.place)
    #expect(try last.forwardOwn().count == 0 && last.labels[0] == 0)
  }

  @Test func `loaders work ahead by what a rank has of the mini-batches`() throws {
    let everywhere = (0..<Int32(10)).map { $0 }
    var run = RunConfiguration(
      classes: ["x", "y"],
      modalities: [
        ModalityConfiguration(name: "m", source: .synthetic(.init()), encoder: .mlp(.init()))
      ])
    (run.batchSize, run.epochs) = (4, 2)
    let roster = Roster(sampleCount: 10, rows: [everywhere])
    func requests(_ shards: Shards) -> [BatchRequest] {
      let sequence = TrainingSequence(run, modality: 0, shards: shards, roster: roster)
      var requests: [BatchRequest] = []
      var next = BatchRequest([], at: TrainingPlace(epoch: 0, batch: -1))
      while let request = sequence.successor(of: next) {
        requests.append(request)
        next = request
      }
      return requests
    }
    let whole = requests(.whole)
    #expect(whole.map(\.rows.count) == [4, 4, 2, 4, 4, 2])
    let parts = (0..<2).map { requests(Shards(2, own: $0..<$0 + 1)) }
    #expect(zip(parts[0], parts[1]).map { $0.rows + $1.rows } == whole.map(\.rows))
    #expect(parts[1].map(\.first) == [2, 2, 1, 2, 2, 1])
    #expect(parts[1].map(\.place) == whole.map(\.place))
    // Of two samples, the first of four shards has none.
    #expect(requests(Shards(4, own: 0..<1)).map(\.rows.count) == [1, 1, 1, 1])
  }

  /// A group in which another rank computes the other half.
  private final class Pair: FeatureGroup {
    let other: ModalityLearner
    var features = Tensor([Learner.features], capacity: 10)
    var rate = 0.0
    init(_ other: ModalityLearner) { self.other = other }

    var oddInput: ReplicaFeatures.OddInput? { other.oddInput }

    func gather(_ own: Tensor, of sampleCount: Int) throws -> Tensor {
      features = Tensor([Learner.features], own.array + (try other.forwardOwn().array))
      return features
    }

    func scatter(_ featureGradient: Tensor, learningRate: Double) throws -> Tensor {
      rate = learningRate
      try other.backwardOwn(Tensor(rows: 5..<10, of: featureGradient), learningRate: learningRate)
      return Tensor(rows: 0..<5, of: featureGradient)
    }

    func drift(learningRate: Double) throws { try other.driftOwn(learningRate: learningRate) }
    func goOn() {}
  }

  /// A step that says in which order it is told what, and leaves the values alone.
  private final class Steps: EncoderStep {
    var told: [String] = []
    func begin(learningRate: Double) { told.append("begin \(learningRate)") }
    func complete(_ range: Range<Int>) { told.append("complete \(range.lowerBound)") }
    func finish() -> Range<Int>? {
      told.append("finish")
      return nil
    }
    func settle() { told.append("settle") }
  }

  @Test func `a leader sees the features of all, and its step goes layer by layer`() throws {
    let steps = (0..<2).map { _ in Steps() }
    let ranks = try (0..<2).map { rank in
      try learner(Shards(2, own: rank..<rank + 1)) { _ in steps[rank] }
    }
    let group = Pair(ranks[1])
    ranks[0].group = group
    for rank in ranks { try rank.load(Self.rows, at: Self.place) }
    let whole = try learner(Shards(2))
    try whole.load(Self.rows, at: Self.place)
    #expect(try ranks[0].forward().array == whole.forward().array)
    let gradient = Tensor([Learner.features], (0..<40).map { Float($0 % 7) - 3 })
    #expect(try ranks[0].backward(gradient, learningRate: 0.5) == nil)
    #expect(group.rate == 0.5)
    let last = whole.encoder.store.layerRanges.filter { !$0.isEmpty }.map(\.lowerBound)
    for step in steps {
      #expect(
        step.told
          == ["settle", "begin 0.5"] + last.reversed().map { "complete \($0)" } + ["finish"])
    }
  }
}
