import Configuration
import Coordinator
import MLA
import Networks
import Planning
import Tensors

/// What a turn's computing takes: at the coordinator, once P is dense, and at a worker.
struct HeadMeasurement {
  private let configuration: RunConfiguration
  private let classes: Int
  private let features: Int

  init(_ configuration: RunConfiguration) {
    self.configuration = configuration
    (classes, features) = (configuration.classes.count, configuration.features)
  }

  /// The turn of that number, in one long epoch.
  private func turn(_ index: Int) -> Turn {
    let plan = TrainingPlan(
      roster: Roster(sampleCount: 1, rows: [[0]]), sampling: .shared, batchSize: 1, order: [0],
      seed: 0)
    var turn = plan.epoch(0).turns[0]
    (turn.index, turn.cycle, turn.cycleInEpoch) = (index, index, index)
    turn.cyclesPerEpoch = 1 << 20
    return turn
  }

  private func draw(_ count: Int, _ generator: inout SeededGenerator) -> [Double] {
    (0..<count).map { _ in generator.normal() }
  }

  /// The coordinator's part.
  func coordinator() throws -> Profile.Head {
    var generator = SeededGenerator(seed: 1, stream: "profile")
    let head = SharedHead(
      Head(classCount: classes, featureCount: features, generator: &generator),
      modalityCount: configuration.modalities.count, options: configuration.hgm,
      optimizer: configuration.optimizer,
      factorBatchSize: configuration.sendsFactors ? configuration.batchSize : nil)
    // P is a matrix once 3/8 of its width were absorbed.
    if let projection = head.projection {
      let mean = Buffer<Double>(features)
      for index in 0..<features * 3 / 8 + 2 {
        try LongWork.step()
        mean.update(from: draw(features, &generator))
        projection.absorb(meanFeature: mean, turn: turn(index))
      }
    }
    var (applies, settles): ([Double], [Double]) = ([], [])
    var index = features
    func step() throws {
      try LongWork.step()
      var prepared = 0.0
      if let slot = head.factors?[turn(index)] {
        (slot.features.count, slot.logitGradient.count) = (
          configuration.batchSize, configuration.batchSize
        )
        for tensor in [slot.features, slot.logitGradient] {
          tensor.held.update(from: draw(tensor.elementCount, &generator).map { Float($0) * 1e-3 })
        }
        let began = Stopwatch.now
        head.prepare(turn(index))
        prepared = Stopwatch.now - began
      }
      head.update.meanFeature.update(from: draw(features, &generator))
      head.update.gradient.update(
        from: draw(head.update.gradient.count, &generator).map { Float($0) * 1e-3 })
      let began = Stopwatch.now
      head.begin(turn(index))
      head.apply(turn(index), learningRate: 1e-3)
      let applied = Stopwatch.now
      head.settle()
      settles.append(Stopwatch.now - applied + prepared)
      applies.append(applied - began)
      index += 1
    }
    for _ in 0..<Stopwatch.warmUps { try step() }
    (applies, settles) = ([], [])
    try Stopwatch.repeating(step)
    return .init(
      classes: classes, features: features, update: configuration.updateName,
      apply: Measurement(applies),
      settle: Measurement(settles))
  }

  /// A worker's part for a mini-batch of so many samples: what is in the turn, and what follows it.
  func worker(_ samples: Int) throws -> (turn: Measurement, featureGradient: Measurement) {
    var generator = SeededGenerator(seed: 1, stream: "profile")
    let head = Head(classCount: classes, featureCount: features, generator: &generator)
    let features = Tensor([self.features], capacity: samples)
    features.held.update(from: draw(features.elementCount, &generator).map { Float($0) })
    let labels = Buffer((0..<samples).map { Int32($0 % classes) })
    let logits = Tensor([classes], capacity: samples)
    let (logitGradient, featureGradient) = (
      Tensor([classes], capacity: samples), Tensor([self.features], capacity: samples)
    )
    let turn = try Stopwatch.measure {
      try LongWork.step()
      head.logits(features, into: logits)
      _ = SoftmaxCrossEntropy.evaluate(
        logits: logits, labels: labels, total: samples, gradient: logitGradient)
      if !configuration.sendsFactors {
        head.gradient(logitGradient: logitGradient, features: features)
      }
    }
    let after = Stopwatch.measure {
      head.featureGradient(logitGradient: logitGradient, into: featureGradient)
    }
    return (turn, after)
  }
}
