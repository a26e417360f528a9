import Exchange
import Networks
import Tensors
import TestSupport
import Testing

@testable import Coordinator
@testable import MLA

/// Two classes, two features, two modalities; every number worked out by hand.
@Suite struct HeadTelemetryTests {
  /// A head with the weights [[1, 2], [3, 4]] that moves by half of each gradient.
  private func shared(_ change: (inout HeadGradientModification) -> Void) -> SharedHead {
    let head = Head(classCount: 2, featureCount: 2)
    head.store.values.update(from: [1, 2, 3, 4, 5, 6])
    var options = HeadGradientModification()
    (options.forget, options.lambda) = (0, 0.1)
    change(&options)
    var optimizer = OptimizerOptions()
    (optimizer.momentum, optimizer.weightDecay) = (0, 0)
    return SharedHead(head, modalityCount: 2, options: options, optimizer: optimizer)
  }

  /// A head, what measures it, and what was measured.
  private final class Subject {
    let shared: SharedHead
    let telemetry: HeadTelemetry
    private let box: Box

    final class Box { var turns: [TurnInterference] = [] }

    init(_ shared: SharedHead, every: Int) {
      self.shared = shared
      let box = Box()
      self.box = box
      telemetry = HeadTelemetry(shared, modalityCount: 2, every: every) { box.turns.append($0) }
      telemetry.begin(cycle: 0, shared)
    }

    var measured: [TurnInterference] { box.turns }

    /// One turn with a gradient of the weights and a mean feature; nil: it has no samples.
    func take(_ index: Int, _ gradient: [Float]?, mean: [Double] = []) throws {
      let turn = Turn(
        index: index, epoch: 0, cycle: index / 2, cycleInEpoch: index / 2, cyclesPerEpoch: 4,
        modality: index % 2)
      shared.begin(turn)
      if let gradient {
        shared.update.gradient.update(from: gradient + [7, -7])
        shared.update.meanFeature.update(from: mean)
        shared.apply(turn, learningRate: 0.5)
        shared.settle()
      }
      let totals = TrainingTotals(samples: gradient == nil ? 0 : 4, correct: 0, lossSum: 0)
      try telemetry.note(TurnRecord(turn: turn, totals: totals, head: shared))
    }
  }

  @Test func `a cycle's turns are compared with each other`() throws {
    let subject = Subject(shared { $0.isEnabled = false }, every: 1)
    // W' - W = [[-0.5, 0], [0, -1]], and [[-0.5, -0.5], [0, 0]].
    try subject.take(0, [1, 0, 0, 2], mean: [1, 0])
    #expect(subject.measured.isEmpty)
    try subject.take(1, [1, 1, 0, 0], mean: [2, 1])
    try #require(subject.measured.count == 2)
    let (first, second) = (subject.measured[0], subject.measured[1])
    let root = 2.0.squareRoot()
    func expect(_ found: Double?, _ value: Double, _ name: String) {
      #expect(abs((found ?? .nan) - value) < 1e-6, "\(name)")
    }
    expect(first.gradientNorm, 5.0.squareRoot(), "|G|")
    expect(second.gradientNorm, root, "|G| of the second")
    expect(first.stepNorm, 5.0.squareRoot() / 2, "step")
    expect(first.drift, 5.0.squareRoot() / 2, "drift")
    // [[-1, -0.5], [0, -1]].
    expect(second.drift, 1.5, "drift of the second")
    // (-0.5, 0) of its own mean, (-1, -1) of the other's.
    expect(first.logitShifts[0], 0.5, "its own logits")
    expect(first.logitShifts[1], root, "the other's")
    expect(second.logitShifts[0], 0.5, "the first's")
    expect(second.logitShifts[1], 1.5, "its own")
    // 1 / (sqrt 5 sqrt 2).
    expect(first.gradientCosines[1], 1 / 10.0.squareRoot(), "cosine")
    #expect(second.gradientCosines == [first.gradientCosines[1], nil])
    #expect(first.gradientCosines[0] == nil && first.gradientRatio == nil)

    let means = try #require(subject.telemetry.finishEpoch(subject.shared))
    #expect(means.turnCount == 2)
    #expect(means.logitShifts == [first.logitShifts, second.logitShifts])
    #expect(means.gradientCosines == [first.gradientCosines, second.gradientCosines])
    expect(means.drift, 1.5, "drift at the end")
    // An epoch begins with nothing.
    #expect(subject.telemetry.finishEpoch(subject.shared)?.gradientNorms == [nil, nil])
  }

  @Test func `the ratio is what the projection lets through`() throws {
    let subject = Subject(shared { _ in }, every: 1)
    try subject.take(0, [1, 0, 0, 2], mean: [1, 0])
    try subject.take(1, [1, 1, 0, 0], mean: [0, 1])
    // P has learned (1, 0): the first entry becomes 1/11.
    let expected = (1.0 / 121 + 1).squareRoot() / 2.0.squareRoot()
    #expect(abs((subject.measured[1].gradientRatio ?? 0) - expected) < 1e-6)
    #expect(subject.measured[0].gradientRatio == 1)
  }

  @Test func `means are over the measured cycles, and steps of others are no part of them`() throws
  {
    let subject = Subject(shared { $0.isEnabled = false }, every: 2)
    for cycle in 0..<3 {
      // Cycles 0 and 2 are measured, with gradients of length 1 and 3.
      let length = Float(cycle == 1 ? 100 : cycle + 1)
      try subject.take(2 * cycle, [length, 0, 0, 0], mean: [1, 0])
      try subject.take(2 * cycle + 1, cycle == 2 ? nil : [0, 0, 0, length], mean: [0, 1])
    }
    #expect(subject.measured.map(\.turn.index) == [0, 1, 4])
    let means = try #require(subject.telemetry.finishEpoch(subject.shared))
    #expect(means.turnCount == 3)
    #expect(means.gradientNorms == [2, 1] && means.stepNorms == [1, 0.5])
    // The other modality had no turn in cycle 2.
    #expect(means.logitShifts == [[1, 0], [0, 0.5]])
    #expect(means.gradientCosines == [[nil, 0], [0, nil]])
  }

  @Test func `where nothing is measured, nothing is told, and the state is the same`() throws {
    let subject = Subject(shared { $0.isEnabled = false }, every: 0)
    try subject.take(0, [1, 0, 0, 2], mean: [1, 0])
    try subject.take(1, [1, 1, 0, 0], mean: [2, 1])
    #expect(subject.measured.isEmpty && subject.telemetry.finishEpoch(subject.shared) == nil)
    let other = Subject(shared { $0.isEnabled = false }, every: 1)
    #expect(subject.telemetry.state.map(\.name) == other.telemetry.state.map(\.name))
    #expect(subject.telemetry.state.map(\.shape) == other.telemetry.state.map(\.shape))
  }
}
