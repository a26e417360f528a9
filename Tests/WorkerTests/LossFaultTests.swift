import Coordinator
import Datasets
import Exchange
import MLA
import Methods
import Networks
import Tensors
import Testing

@testable import Worker

/// What is said where a loss is not finite: the first thing on its way that is not.
@Suite struct LossFaultTests {
  /// Samples of ones, one of which holds a value that no check has seen: `source` says what.
  private struct OddSource: SampleSource {
    let odd: (row: Int, value: Float)
    let sampleShape: Shape = [5]
    let labels = (0..<10).map { $0 % Learner.classes }
    var ids: [String] { labels.indices.map { "a_\($0)" } }

    func read(_ index: Int, into destination: inout MutableSpan<Float>) {
      destination.update(repeating: 1)
      if index == odd.row { destination[3] = odd.value }
    }
  }

  private static let rows = [4, 2, 7, 0, 9, 1, 3, 5, 6, 8]

  private func learner(
    _ odd: (row: Int, value: Float), of weights: Float = 1
  ) throws -> ModalityLearner {
    var mlp = MLPOptions()
    mlp.hidden = []
    mlp.finalReLU = false
    var generator = SeededGenerator(seed: 1, stream: "encoder")
    let encoder = try EncoderArchitecture.mlp(mlp).makeEncoder(
      inputShape: [5], features: Learner.features, capacity: 10, generator: &generator)
    for index in 0..<20 { encoder.store.values[index] = weights }
    return ModalityLearner(
      encoder: encoder, source: OddSource(odd: odd), classCount: Learner.classes, capacity: 10,
      options: .still)
  }

  private func head() -> Head {
    var generator = SeededGenerator(seed: 4, stream: "own")
    return Head(
      classCount: Learner.classes, featureCount: Learner.features, generator: &generator)
  }

  /// What the worker of a method says in its first mini-batch.
  private func sentence(
    _ method: RunMethod, _ odd: (row: Int, value: Float), weights: Float = 1
  ) throws -> String {
    let error = #expect(throws: NonfiniteBatch.self) {
      try OneProcess.run(ranks: 2, deadline: .seconds(60)) { endpoint in
        let plan = Learner.plan(rows: [Self.rows]).epoch(0)
        let learner = try self.learner(odd, of: weights)
        guard endpoint.worldRank == 1 else {
          guard method == .mla else { return }
          return try endpoint.send(TurnHead(self.head().store.values), number: 0, to: 1)
        }
        let own = OwnHead(
          self.head(), batchSize: 10, options: .still, learningRateScale: 1, trainsBias: true)
        let steps: any WorkerMethod =
          switch method {
          case .mla:
            AlternatingTurns(learner: learner, modality: 0, batchSize: 10, endpoint: endpoint)
          case .separate:
            SeparateSteps(learner: learner, head: own, modality: 0, endpoint: endpoint)
          case .joint: JointSteps(learner: learner, head: own, modality: 0, endpoint: endpoint)
          }
        try steps.train(plan)
      }
    }
    let ids = Self.rows.map { "a_\($0)" }.joined(separator: ", ")
    let sentence = try #require(error?.description)
    let end = "; the samples of the mini-batch are \(ids)"
    #expect(sentence.hasSuffix(end))
    return String(sentence.dropLast(end.count))
  }

  enum RunMethod: CaseIterable {
    case mla, separate, joint

    var beginning: String {
      self == .joint
        ? "the joint loss is not finite (epoch 1, mini-batch 1 of 1): "
        : "the loss is not finite in turn 0 (epoch 1, mini-batch 1 of 1): "
    }
  }

  @Test(arguments: RunMethod.allCases) func `a value of the input, by sample`(
    method: RunMethod
  ) throws {
    #expect(
      try sentence(method, (7, .nan)) == method.beginning
        + "sample 3 of the mini-batch (id 'a_7') has nan as value 3 of its input; look at that sample's data, and at how they are read and standardised"
    )
    #expect(
      try sentence(method, (8, -.infinity)).contains("sample 10 of the mini-batch (id 'a_8')"))
  }

  @Test(arguments: RunMethod.allCases) func `a sample whose features alone overflow`(
    method: RunMethod
  ) throws {
    #expect(
      try sentence(method, (2, 3e38), weights: 2) == method.beginning
        + "the features of sample 2 of the mini-batch (id 'a_2') are not finite, as those of 1 in 10 samples, though inputs and weights are; look whether that sample is far out of range, standardise the data, or lower optimizer.lr"
    )
  }

  @Test(arguments: RunMethod.allCases) func `a network that has diverged`(
    method: RunMethod
  ) throws {
    let end = " not finite, so training has diverged; lower optimizer.lr, or standardise the data"
    #expect(
      try sentence(method, (0, 1), weights: 3e38) == method.beginning + "features are" + end)
    #expect(
      try sentence(method, (0, 1), weights: .nan) == method.beginning
        + "weights (encoder.linear1.weight) are" + end)
  }
}
