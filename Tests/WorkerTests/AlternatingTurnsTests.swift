import Datasets
import Exchange
import MLA
import Methods
import Networks
import Tensors
import TestSupport
import Testing

@testable import Worker

@Suite struct AlternatingTurnsTests {
  /// What one turn gave: mean loss, the head's gradient, the mean feature, the encoder's step.
  private struct Turned: Sendable {
    var loss = 0.0
    var headGradient: [Float] = []
    var meanFeature: [Double] = []
    var step: [Float] = []
  }

  private static let headCount = Learner.classes * (Learner.features + 1)
  private static let head: [Float] = {
    var generator = SeededGenerator(seed: 2, stream: "head")
    return (0..<headCount).map { _ in Float(generator.normal()) }
  }()

  /// A whole turn, with a coordinator of three lines.
  private func turn(
    encoder nudge: (place: Int, by: Float)? = nil, head: [Float] = head
  ) throws -> Turned {
    let result = Box(Turned())
    try OneProcess.run(ranks: 2, deadline: .seconds(60)) { endpoint in
      if endpoint.worldRank == 0 {
        try endpoint.send(TurnHead(Buffer(head)), number: 0, to: 1)
        let update = try endpoint.receive(
          HeadUpdate(meanFeature: Buffer(Learner.features), gradient: Buffer(Self.headCount)),
          number: 0, from: 1)
        #expect(update.totals.samples == Learner.samples)
        result.value.loss = try #require(update.totals.loss)
        result.value.meanFeature = update.meanFeature.array
        result.value.headGradient = update.gradient.array
      } else {
        let learner = try Learner(stream: "m", nudge: nudge)
        let before = learner.weights
        let turns = AlternatingTurns(
          learner: learner.learner, modality: 0, batchSize: Learner.samples, endpoint: endpoint)
        try turns.train(Learner.plan().epoch(0))
        result.value.step = zip(before, learner.weights).map { $0 - $1 }
      }
    }
    return result.value
  }

  @Test func `the head's gradient is that of the loss through the whole turn`() throws {
    let found = try turn().headGradient
    let expected = try differences(Self.headCount) { place, step in
      var head = Self.head
      head[place] += step
      return try turn(head: head).loss
    }
    expectClose(found.map(Double.init), expected, relative: 2e-3)
  }

  @Test func `the encoder's step is the loss's gradient, by the head as it came`() throws {
    let found = try turn().step
    let expected = try differences(found.count) { place, step in
      try turn(encoder: (place, step)).loss
    }
    expectClose(found.map(Double.init), expected, relative: 2e-3)
    #expect(found.contains { abs($0) > 0.01 })
  }

  @Test func `the mean feature is that of the encoder before its step`() throws {
    let learner = try Learner(stream: "m")
    try learner.learner.load(
      Array(0..<Learner.samples), at: TrainingPlace(epoch: 0, batch: 0))
    let features = try learner.learner.forward().array
    var means = [Double](repeating: 0, count: Learner.features)
    for (place, feature) in features.enumerated() {
      means[place % Learner.features] += Double(feature) / Double(Learner.samples)
    }
    expectClose(try turn().meanFeature, means)
  }

  @Test func `factors are those of the gradient, and features come before there is a head`() throws
  {
    let product = Box<[Float]>([])
    let steps = Box<[[Float]]>([])
    try OneProcess.run(ranks: 2, deadline: .seconds(60)) { endpoint in
      if endpoint.worldRank == 0 {
        let (h, d) = (
          Tensor([Learner.features], capacity: Learner.samples),
          Tensor([Learner.classes], capacity: Learner.samples)
        )
        try endpoint.receive(TurnFeatures(h), number: 0, from: 1)
        try endpoint.send(TurnHead(Buffer(Self.head)), number: 0, to: 1)
        let update = try endpoint.receive(LogitUpdate(d), number: 0, from: 1)
        #expect(update.totals.samples == Learner.samples && d.count == h.count)
        let head = Head(classCount: Learner.classes, featureCount: Learner.features)
        head.gradient(logitGradient: d, features: h)
        product.value = head.store.gradients.array
      } else {
        let learner = try Learner(stream: "m")
        let before = learner.weights
        try AlternatingTurns(
          learner: learner.learner, modality: 0, batchSize: Learner.samples, endpoint: endpoint,
          sendsFactors: true
        ).train(Learner.plan().epoch(0))
        steps.value.append(zip(before, learner.weights).map { $0 - $1 })
      }
    }
    let turned = try turn()
    #expect(product.value == turned.headGradient)
    #expect(steps.value == [turned.step])
  }

  @Test func `with factors, too, a loss that is not finite ends the run`() throws {
    let error = #expect(throws: NonfiniteBatch.self) {
      try OneProcess.run(ranks: 2, deadline: .seconds(60)) { endpoint in
        if endpoint.worldRank == 0 {
          let h = Tensor([Learner.features], capacity: Learner.samples)
          try endpoint.receive(TurnFeatures(h), number: 0, from: 1)
          #expect(!h.held.isFinite)
          try endpoint.send(TurnHead(Buffer(Self.head)), number: 0, to: 1)
          let d = Tensor([Learner.classes], capacity: Learner.samples)
          try endpoint.receive(LogitUpdate(d), number: 0, from: 1)
        } else {
          try AlternatingTurns(
            learner: try Learner(stream: "m", nudge: (0, .infinity)).learner, modality: 0,
            batchSize: Learner.samples, endpoint: endpoint, sendsFactors: true
          ).train(Learner.plan().epoch(0))
        }
      }
    }
    #expect("\(String(describing: error))".contains("turn 0"))
  }

  @Test func `a head of another turn is refused by both names`() throws {
    let error = #expect(throws: ExchangeError.self) {
      try OneProcess.run(ranks: 2, deadline: .seconds(60)) { endpoint in
        if endpoint.worldRank == 0 {
          try endpoint.send(TurnHead(Buffer(Self.head)), number: 7, to: 1)
        } else {
          endpoint.describe(0, as: "coordinator")
          endpoint.describe(1, as: "modality sound")
          let turns = AlternatingTurns(
            learner: try Learner(stream: "m").learner, modality: 0, batchSize: Learner.samples,
            endpoint: endpoint)
          try turns.train(Learner.plan().epoch(0))
        }
      }
    }
    #expect(
      error?.description
        == "rank 1 (modality sound) expected head of turn 0 from rank 0 (coordinator), but rank 0 (coordinator) sent head of turn 7; all ranks must run the same build and configuration"
    )
  }

  @Test func `a loss that is not finite names the turn`() throws {
    let error = #expect(throws: NonfiniteBatch.self) { try turn(encoder: (0, .infinity)) }
    #expect(
      error?.description
        == "the loss is not finite in turn 0 (epoch 1, mini-batch 1 of 1): weights (encoder.linear1.weight) are not finite, so training has diverged; lower optimizer.lr, or standardise the data; the samples of the mini-batch are 0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    )
  }

  @Test func `an encoder that drifts moves in the turns of others that follow its own`() throws {
    // Modalities 0, 1 and 2, of which 1 is this one: it drifts in turn 2, not in turn 0.
    let rows = [[0, 1], [2, 3], [4]]
    var options = OptimizerOptions.still
    options.learningRate = 0.5
    options.momentum = 0.5
    options.weightDecay = 0.1
    func weights(drifts: Bool) throws -> (before: [Float], after: [Float], velocity: [Float]) {
      let result = Box<(before: [Float], after: [Float], velocity: [Float])>(([], [], []))
      try OneProcess.run(ranks: 2, deadline: .seconds(60)) { [options] endpoint in
        if endpoint.worldRank == 0 {
          try endpoint.send(TurnHead(Buffer(Self.head)), number: 1, to: 1)
          try endpoint.receive(
            HeadUpdate(meanFeature: Buffer(Learner.features), gradient: Buffer(Self.headCount)),
            number: 1, from: 1)
        } else {
          let learner = try Learner(stream: "m", options: options)
          let before = learner.weights
          let turns = AlternatingTurns(
            learner: learner.learner, modality: 1, batchSize: Learner.samples, endpoint: endpoint,
            driftsWhileInactive: drifts)
          try turns.train(Learner.plan(rows: rows).epoch(0))
          result.value = (before, learner.weights, learner.learner.optimizer.velocity.array)
        }
      }
      return result.value
    }
    let still = try weights(drifts: false)
    let drifting = try weights(drifts: true)
    // One more step with a gradient of zero: v <- 0.5 v + 0.1 p, p <- p - 0.5 v.
    let velocity = zip(still.velocity, still.after).map { 0.5 * $0 + 0.1 * $1 }
    let expected = zip(still.after, velocity).map { $0 - 0.5 * $1 }
    expectClose(drifting.after, expected, relative: 1e-6)
    #expect(still.before != still.after && still.after != drifting.after)
  }
}
