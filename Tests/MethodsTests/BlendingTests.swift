import Methods
import TestSupport
import Testing

/// Gradient blending: weights by hand, and what a trial leaves behind.
@Suite struct BlendingTests {
  private func measure(_ values: Double...) -> TrialMeasure {
    var measure = TrialMeasure()
    (measure.trainedBefore, measure.heldOutBefore) = (values[0], values[1])
    (measure.trainedAfter, measure.heldOutAfter) = (values[2], values[3])
    return measure
  }

  @Test func `weights go with the gain over the square of overfitting`() {
    var method = GradientBlending()
    method.floor = 0
    // Gain 0.5 and overfitting 0.25: 8. Gain 0.25 and overfitting 0.5: 1. A loss that rose by 0.5: 0.
    let measures = [
      measure(1, 1, 0.25, 0.5), measure(1, 1, 0.25, 0.75), measure(1, 1, 0.5, 1.5),
    ]
    expectClose(method.weights(measures), [8.0 / 9, 1.0 / 9, 0])
    method.rule = .absolute
    // |-0.5| / 1.
    expectClose(method.weights(measures), [8 / 9.5, 1 / 9.5, 0.5 / 9.5])
    method.rule = .positive
    method.floor = 0.25
    expectClose(method.weights(measures), [4 / 4.8, 0.8 / 4.8, 0])
  }

  @Test func `where nothing is gained, or known, weights are equal`() {
    let method = GradientBlending()
    let worse = measure(1, 1, 1, 2)
    #expect(method.weights([worse, worse]) == [0.5, 0.5])
    #expect(method.weights([TrialMeasure(), measure(1, 1, 0.5, 0.75)]) == [0, 1])
  }

  private func run(_ change: (inout GradientBlending) -> Void) -> SmallRun {
    var method = GradientBlending()
    change(&method)
    return SmallRun(MethodChoice(method)) {
      $0.optimizer.learningRate = 0.05
      for place in $0.modalities.indices { $0.modalities[place].optimizer = $0.optimizer }
    }
  }

  /// With the weights that were measured, given by hand, a run is the same: a trial leaves nothing else.
  @Test func `a trial is put back`() throws {
    let measured = run { $0.superEpoch = 100 }
    let end = try measured.train(0..<6)
    let blend = try #require(end[0].first { $0.name == "blend" })
    let weights = blend.bits.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    #expect(weights.count == 3)
    #expect(Set(weights).count > 1)
    expectClose([weights.reduce(0, +)], [1])
    #expect(SmallRun.differences(try run { $0.weights = weights }.train(0..<6), end) == [])
  }

  @Test func `a trial begins without velocities`() throws {
    let run = run { $0.superEpoch = 2 }
    let middle = try run.train(0..<6)
    // At the beginning of the third epoch there is a trial.
    let still = middle.map { states in
      states.map { state in
        let hasVelocity = state.name.contains("optimizer.")
        return (
          name: state.name, bits: hasVelocity ? state.bits.map { _ in UInt8(0) } : state.bits
        )
      }
    }
    #expect(SmallRun.differences(middle, still).count > 2)
    func blend(_ memory: SmallRun.Memory) throws -> [UInt8]? {
      try run.train(6..<9, from: memory)[0].first { $0.name == "blend" }?.bits
    }
    let found = try #require(try blend(middle))
    #expect(try blend(still) == found)
    #expect(middle[0].first { $0.name == "blend" }?.bits != found)
  }

  @Test(arguments: [2, 3, 5]) func `a run goes on, before, in and after a super-epoch`(
    cycle: Int
  ) throws {
    try run { $0.superEpoch = 2 }.expectResumable(after: cycle)
  }

  @Test func `its weights are as many as there are losses`() {
    var method = GradientBlending()
    method.weights = [0.2, 0.5, 0.3]
    #expect(method.misfit(modalityCount: 2) == nil)
    #expect(
      method.misfit(modalityCount: 3)
        == OptionMisfit(
          "weights", found: "3 weights",
          expected:
            "4, one for each modality's own loss and one for the joint loss, or none"))
    // Nothing is measured then.
    #expect(!method.demands.wantsValidation && GradientBlending().demands.wantsValidation)
  }
}
