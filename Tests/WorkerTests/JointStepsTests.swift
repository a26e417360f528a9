import Datasets
import Coordinator
import Exchange
import MLA
import Networks
import Tensors
import TestSupport
import Testing

@testable import Worker

/// One step of joint training, by coordinator and two workers, against differences of its one loss.
@Suite struct JointStepsTests {
  private struct Step: Sendable {
    var loss = 0.0
    /// What each modality's encoder and slice of the head moved by.
    var encoders: [[Float]] = [[], []]
    var heads: [[Float]] = [[], []]
    var bias: [Float] = []
  }

  private enum Part { case encoder, head }

  /// A step in which modality 1 lacks three of the ten samples.
  private func step(
    nudge: (modality: Int, part: Part, place: Int, by: Float)? = nil,
    bias: [Float] = [0.1, 0, -0.2]
  ) throws -> Step {
    let result = Box(Step())
    let rows: [[Int32]] = [
      (0..<10).map { $0 }, (0..<10).map { $0 < 7 ? $0 : Roster.absent },
    ]
    let plan = TrainingPlan(
      roster: Roster(sampleCount: 10, rows: rows), sampling: .shared, batchSize: 10,
      order: [0, 1], seed: 3)
    try OneProcess.run(ranks: 3, deadline: .seconds(60)) { endpoint in
      if endpoint.worldRank == 0 {
        let service = JointService(
          endpoint: endpoint, leaders: [1, 2], classCount: Learner.classes, batchSize: 10,
          sampleLabels: (0..<10).map { Int32($0 % Learner.classes) }, hasCommonBias: true,
          optimizer: .still, headLearningRateScale: 1)
        service.weights[0].restore(bias)
        var totals = [TrainingTotals()]
        try service.train(plan.epoch(0), adding: &totals)
        #expect(totals[0].samples == 10)
        result.value.loss = try #require(totals[0].loss)
        result.value.bias = zip(bias, try #require(service.weights[0].values(of: Float.self))).map {
          $0 - $1
        }
      } else {
        let modality = endpoint.worldRank - 1
        let own = nudge.flatMap { $0.modality == modality ? $0 : nil }
        let learner = try Learner(
          stream: "m\(modality)", width: 4 + modality,
          nudge: own.flatMap { $0.part == .encoder ? ($0.place, $0.by) : nil })
        var generator = SeededGenerator(seed: 4, stream: "slice/\(modality)")
        let head = Head(
          classCount: Learner.classes, featureCount: Learner.features, generator: &generator)
        if let own, own.part == .head { head.store.values[own.place] += own.by }
        let headBefore = head.store.values.array
        let before = learner.weights
        let steps = JointSteps(
          learner: learner.learner,
          head: OwnHead(
            head, batchSize: 10, options: .still, learningRateScale: 1, trainsBias: false),
          modality: modality, endpoint: endpoint)
        try steps.train(plan.epoch(0))
        result.value.encoders[modality] = zip(before, learner.weights).map { $0 - $1 }
        result.value.heads[modality] = headBefore.indices.map {
          headBefore[$0] - head.store.values[$0]
        }
      }
    }
    return result.value
  }

  @Test(arguments: [0, 1]) func `every encoder moves along the one loss`(modality: Int) throws {
    let found = try step().encoders[modality]
    let expected = try differences(found.count) { place, by in
      try step(nudge: (modality, .encoder, place, by)).loss
    }
    expectClose(found.map(Double.init), expected, relative: 3e-3)
  }

  @Test(arguments: [0, 1]) func `every slice of the head moves along the one loss`(
    modality: Int
  ) throws {
    let found = try step().heads[modality]
    let weightCount = Learner.classes * Learner.features
    let expected = try differences(weightCount) { place, by in
      try step(nudge: (modality, .head, place, by)).loss
    }
    expectClose(found.prefix(weightCount).map(Double.init), expected, relative: 3e-3)
    // The one bias of all is the coordinator's.
    #expect(found.dropFirst(weightCount).allSatisfy { $0 == 0 })
  }

  @Test func `the common bias moves along the one loss`() throws {
    let expected = try differences(Learner.classes) { place, by in
      var bias: [Float] = [0.1, 0, -0.2]
      bias[place] += by
      return try step(bias: bias).loss
    }
    expectClose(try step().bias.map(Double.init), expected, relative: 3e-3)
  }
}

@Suite struct SeparateStepsTests {
  @Test
  func `a head of one's own moves by its own gradient, scaled, and the encoder by the loss's`()
    throws
  {
    struct Step: Sendable {
      var loss = 0.0
      var encoder: [Float] = []
      var head: [Float] = []
    }
    func step(encoder: (Int, Float)? = nil, head: (Int, Float)? = nil) throws -> Step {
      let result = Box(Step())
      try OneProcess.run(ranks: 2, deadline: .seconds(60)) { endpoint in
        if endpoint.worldRank == 0 {
          var heard: [TrainingTotals] = []
          let service = SeparateService(endpoint: endpoint, leaders: [1]) { heard.append($1) }
          var totals = [TrainingTotals()]
          try service.train(Learner.plan().epoch(0), adding: &totals)
          #expect(totals == heard)
          #expect(heard.map(\.samples) == [Learner.samples])
          result.value.loss = try #require(heard.first?.loss)
        } else {
          let learner = try Learner(
            stream: "m", nudge: encoder.map { (place: $0.0, by: $0.1) })
          var generator = SeededGenerator(seed: 4, stream: "own")
          let own = Head(
            classCount: Learner.classes, featureCount: Learner.features, generator: &generator)
          if let head { own.store.values[head.0] += head.1 }
          let before = (learner.weights, own.store.values.array)
          let steps = SeparateSteps(
            learner: learner.learner,
            head: OwnHead(
              own, batchSize: Learner.samples, options: .still, learningRateScale: 0.5),
            modality: 0, endpoint: endpoint)
          try steps.train(Learner.plan().epoch(0))
          result.value.encoder = zip(before.0, learner.weights).map { $0 - $1 }
          result.value.head = before.1.indices.map { before.1[$0] - own.store.values[$0] }
        }
      }
      return result.value
    }
    let found = try step()
    let head = try differences(found.head.count) { try step(head: ($0, $1)).loss }
    expectClose(found.head.map { 2 * Double($0) }, head, relative: 3e-3)
    let encoder = try differences(found.encoder.count) { try step(encoder: ($0, $1)).loss }
    expectClose(found.encoder.map(Double.init), encoder, relative: 3e-3)
  }
}

@Suite struct ModalityLearnerTests {
  @Test func `logits do not depend on how many samples fit in a forward pass`() throws {
    let learner = try Learner(stream: "m").learner
    var generator = SeededGenerator(seed: 4, stream: "own")
    let head = Head(
      classCount: Learner.classes, featureCount: Learner.features, generator: &generator)
    let more = Samples(count: 23, width: 5, classes: 3, stream: "more")
    let feed = BatchFeed(copying: more)
    let rows = Array((0..<23).reversed())
    let logits = try learner.logits(of: rows, from: feed, head: head)
    #expect(logits.values.count == 23 * Learner.classes && logits.featureNorms.count == 23)
    for (place, row) in rows.enumerated() {
      let one = try learner.logits(of: [row], from: feed, head: head)
      expectClose(
        one.values, Array(logits.values[place * Learner.classes..<(place + 1) * Learner.classes]),
        relative: 1e-5)
      expectClose(one.featureNorms, [logits.featureNorms[place]], relative: 1e-5)
      let features = learner.network.evaluate(learner.input).array
      let square = features.reduce(0.0) { $0 + Double($1) * Double($1) }
      expectClose(one.featureNorms, [square.squareRoot()], relative: 1e-12)
    }
    #expect(try learner.logits(of: [], from: feed, head: head).values == [])
  }
}
