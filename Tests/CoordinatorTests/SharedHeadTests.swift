import Networks
import Tensors
import TestSupport
import Testing

@testable import Coordinator
@testable import MLA

/// Two classes, two features; every number worked out by hand.
@Suite struct SharedHeadTests {
  /// A head with the weights [[1, 2], [3, 4]] and the bias [5, 6].
  private func shared(
    _ change: (inout HeadGradientModification) -> Void = { _ in },
    momentum: Double = 0.5, weightDecay: Double = 0.1,
    steps: (inout OptimizerOptions) -> Void = { _ in }
  ) -> SharedHead {
    let head = Head(classCount: 2, featureCount: 2)
    head.store.values.update(from: [1, 2, 3, 4, 5, 6])
    var options = HeadGradientModification()
    options.forget = 0
    options.lambda = 0.1
    change(&options)
    var optimizer = OptimizerOptions()
    optimizer.momentum = momentum
    optimizer.weightDecay = weightDecay
    steps(&optimizer)
    return SharedHead(head, modalityCount: 2, options: options, optimizer: optimizer)
  }

  private func turn(_ index: Int) -> Turn {
    Turn(
      index: index, epoch: 0, cycle: index / 2, cycleInEpoch: index / 2, cyclesPerEpoch: 4,
      modality: index % 2)
  }

  /// One turn that brings a gradient [W | b] and a mean feature.
  private func take(
    _ index: Int, _ shared: SharedHead, gradient: [Float], mean: [Double], rate: Double = 0.5
  ) {
    shared.begin(turn(index))
    shared.update.gradient.update(from: gradient)
    shared.update.meanFeature.update(from: mean)
    shared.apply(turn(index), learningRate: rate)
    shared.settle()
  }

  private func values(_ shared: SharedHead) -> [Float] {
    shared.head.store.values.array
  }

  /// What moved weights and bias in the last turn.
  private func used(_ shared: SharedHead) -> [Float] { shared.step.array }

  private static let gradient: [Float] = [1, 2, 3, 4, 1, -1]

  @Test func `the first turn moves along its plain gradient, with decay`() {
    let shared = shared()
    take(0, shared, gradient: Self.gradient, mean: [1, 0])
    // d = g + 0.1 p = [1.1, 2.2, 3.3, 4.4, 1.5, -0.4]; v = d; p = p - 0.5 v.
    expectClose(values(shared), [0.45, 0.9, 1.35, 1.8, 4.25, 6.2], relative: 1e-6)
    #expect(used(shared) == Self.gradient)
    #expect(shared.stepCount == 1)
  }

  @Test func `the look ahead, exemption and clipping of an encoder's step are the head's too`() {
    let ahead = shared {
      $0.isEnabled = false
    } steps: {
      $0.isNesterov = true
    }
    take(0, ahead, gradient: Self.gradient, mean: [1, 0])
    // d + 0.5 v = 1.5 d = 1.5 [1.1, 2.2, 3.3, 4.4, 1.5, -0.4].
    expectClose(values(ahead), [0.175, 0.35, 0.525, 0.7, 3.875, 6.3], relative: 1e-6)

    for project in [HeadGradientModification.Projected.gradient, .update] {
      let exempt = shared {
        $0.projected = project
      } steps: {
        $0.decayExemption = .vectors
      }
      take(0, exempt, gradient: Self.gradient, mean: [1, 0])
      expectClose(values(exempt), [0.45, 0.9, 1.35, 1.8, 4.5, 6.5], relative: 1e-6)

      // The norm of the gradient is the root of 32; a fourth of it is left.
      let clipped = shared(
        { $0.projected = project }, momentum: 0, weightDecay: 0,
        steps: { $0.clipNorm = 32.0.squareRoot() / 4 })
      take(0, clipped, gradient: Self.gradient, mean: [1, 0])
      expectClose(values(clipped), [0.875, 1.75, 2.625, 3.5, 4.875, 6.125], relative: 1e-5)
    }
  }

  @Test func `the second turn is projected by the first one's mean feature`() {
    let shared = shared()
    take(0, shared, gradient: Self.gradient, mean: [1, 0])
    // q = P h = (1, 0); P = I - q q' / (0.1 + 1): the first entry becomes 1/11.
    expectClose(shared.projection?.matrices[0] ?? [], [1.0 / 11, 0, 0, 1], relative: 1e-12)
    take(1, shared, gradient: Self.gradient, mean: [0, 1])
    expectClose(used(shared), [1.0 / 11, 2, 3.0 / 11, 4, 1, -1], relative: 1e-6)
    // d = used + 0.1 p; v = 0.5 v + d; p = p - 0.5 v, from the values of the test above.
    let decayed: [Float] = [0.045, 0.09, 0.135, 0.18, 0.425, 0.62]
    let velocity: [Float] = [1.1, 2.2, 3.3, 4.4, 1.5, -0.4]
    let before: [Float] = [0.45, 0.9, 1.35, 1.8, 4.25, 6.2]
    let expected = (0..<6).map { place -> Float in
      let direction = used(shared)[place] + decayed[place]
      return before[place] - 0.5 * (0.5 * velocity[place] + direction)
    }
    expectClose(values(shared), expected, relative: 1e-6)
    expectClose(shared.projection?.matrices[0] ?? [], [1.0 / 11, 0, 0, 1.0 / 11], relative: 1e-12)
  }

  @Test func `absorbing first projects a turn by its own mean feature`() {
    let shared = shared { $0.order = .absorbFirst }
    take(0, shared, gradient: Self.gradient, mean: [1, 0])
    expectClose(used(shared), [1.0 / 11, 2, 3.0 / 11, 4, 1, -1], relative: 1e-6)
  }

  @Test func `the leak lets an eleventh of the way back be forgotten`() {
    let shared = shared { $0.forget = 0.5 }
    take(0, shared, gradient: Self.gradient, mean: [1, 0])
    take(1, shared, gradient: Self.gradient, mean: [0, 1])
    // Before the second absorption: (1/11 + 1) / 2 = 6/11.
    expectClose(shared.projection?.matrices[0] ?? [], [6.0 / 11, 0, 0, 1.0 / 11], relative: 1e-12)
  }

  @Test func `projecting the update keeps the velocity plain`() {
    let shared = shared { $0.projected = .update }
    take(0, shared, gradient: Self.gradient, mean: [1, 0])
    take(1, shared, gradient: Self.gradient, mean: [0, 1])
    // v = 0.5 v + g + 0.1 p, unprojected: 0.55 + 1 + 0.045 in the first place.
    let velocity: [Float] = [1.595, 3.19, 4.785, 6.38, 2.175, -0.58]
    expectClose(shared.velocity.array, velocity, relative: 1e-6)
    let projected = [velocity[0] / 11, velocity[1], velocity[2] / 11] + velocity[3...]
    expectClose(used(shared), projected, relative: 1e-6)
    let before: [Float] = [0.45, 0.9, 1.35, 1.8, 4.25, 6.2]
    expectClose(values(shared), zip(before, projected).map { $0 - 0.5 * $1 }, relative: 1e-6)
    #expect(shared.unprojectedWeightStep.array == Array(shared.velocity.array.prefix(4)))
  }

  @Test func `with others' memory a modality is not projected by its own turns`() {
    let shared = shared { $0.memory = .others }
    take(0, shared, gradient: Self.gradient, mean: [1, 0])
    expectClose(shared.projection?.matrices[0] ?? [], [1, 0, 0, 1])
    expectClose(shared.projection?.matrices[1] ?? [], [1.0 / 11, 0, 0, 1], relative: 1e-12)
    take(2, shared, gradient: Self.gradient, mean: [1, 0])
    #expect(used(shared) == Self.gradient)
  }

  @Test func `the bias joins as a feature that is always one`() {
    let shared = shared { $0.includesBias = true }
    take(0, shared, gradient: Self.gradient, mean: [1, 0])
    // q = (1, 0, 1), h'q = 2: P = I - q q' / 2.1.
    take(1, shared, gradient: Self.gradient, mean: [1, 0])
    let (kept, crossed) = (Float(1 - 1 / 2.1), Float(-1 / 2.1))
    expectClose(
      used(shared),
      [
        1 * kept + 1 * crossed, 2, 3 * kept - 1 * crossed, 4, 1 * crossed + 1 * kept,
        3 * crossed - 1 * kept,
      ], relative: 1e-6)
  }

  @Test func `a plain first step neither projects nor absorbs`() {
    let shared = shared {
      $0.firstStep = .plain
      $0.order = .absorbFirst
    }
    take(0, shared, gradient: Self.gradient, mean: [1, 0])
    #expect(used(shared) == Self.gradient)
    expectClose(shared.projection?.matrices[0] ?? [], [1, 0, 0, 1])
    take(1, shared, gradient: Self.gradient, mean: [1, 0])
    expectClose(used(shared), [1.0 / 11, 2, 3.0 / 11, 4, 1, -1], relative: 1e-6)
  }

  @Test func `a turn without samples changes nothing, but may reset`() {
    let shared = shared { $0.reset = .cycle }
    take(0, shared, gradient: Self.gradient, mean: [1, 0])
    let before = values(shared)
    shared.begin(turn(1))
    shared.settle()
    #expect(values(shared) == before && shared.stepCount == 1)
    expectClose(shared.projection?.matrices[0] ?? [], [1.0 / 11, 0, 0, 1], relative: 1e-12)
    shared.begin(turn(2))
    shared.settle()
    expectClose(shared.projection?.matrices[0] ?? [], [1, 0, 0, 1])
  }

  @Test func `without modification there is no projector`() {
    let shared = shared { $0.isEnabled = false }
    take(0, shared, gradient: Self.gradient, mean: [1, 0])
    take(1, shared, gradient: Self.gradient, mean: [1, 0])
    #expect(used(shared) == Self.gradient && shared.projection == nil)
    #expect(shared.stepCount == 2)
  }

  @Test func `a learning rate of zero freezes the head, not its memory`() {
    let shared = shared()
    take(0, shared, gradient: Self.gradient, mean: [1, 0], rate: 0)
    #expect(values(shared) == [1, 2, 3, 4, 5, 6])
    expectClose(shared.projection?.matrices[0] ?? [], [1.0 / 11, 0, 0, 1], relative: 1e-12)
  }
}

@Suite struct HeadWatchTests {
  private func record(_ shared: SharedHead, before: Float, after: Float, samples: Int = 1)
    -> TurnRecord
  {
    for place in 0..<2 {
      shared.update.gradient[place] = before
      shared.step[place] = after
    }
    // The bias is not projected, so it must not count.
    shared.update.gradient[2] = 1000
    shared.step[2] = 1000
    return TurnRecord(
      turn: Turn(index: 0, epoch: 0, cycle: 0, cycleInEpoch: 0, cyclesPerEpoch: 1, modality: 0),
      totals: .init(samples: samples, correct: 0, lossSum: 0), head: shared)
  }

  private func head() -> SharedHead {
    let head = Head(classCount: 1, featureCount: 2)
    head.store.values.update(from: [3, -4, 100])
    return SharedHead(head, modalityCount: 1, options: .init(), optimizer: .init())
  }

  @Test func `the median is the middle ratio, or the mean of the two in the middle`() {
    let shared = head()
    var watch = HeadWatch()
    for after: Float in [0.9, 0.1, 0.5] { watch.note(record(shared, before: 1, after: after)) }
    #expect(abs((watch.finish(shared).gradientRatio ?? 0) - 0.5) < 1e-6)
    for after: Float in [0.8, 0.2, 1, 0.4] { watch.note(record(shared, before: 2, after: after)) }
    #expect(abs((watch.finish(shared).gradientRatio ?? 0) - 0.3) < 1e-6)
    // An epoch begins with nothing.
    #expect(watch.finish(shared).gradientRatio == nil)
  }

  @Test func `turns without samples or without a gradient do not count`() {
    let shared = head()
    var watch = HeadWatch()
    watch.note(record(shared, before: 1, after: 0.5, samples: 0))
    watch.note(record(shared, before: 0, after: 0))
    #expect(watch.finish(shared).gradientRatio == nil)
    watch.note(record(shared, before: 1, after: 0.25))
    let state = watch.finish(shared)
    #expect(abs((state.gradientRatio ?? 0) - 0.25) < 1e-6)
    #expect(state.weightNorm == 5 && state.skippedAbsorptions == 0)
    #expect(
      state.projectorNorms.count == 1 && abs(state.projectorNorms[0] - 2.0.squareRoot()) < 1e-12)
  }
}
