import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite struct OptimizerTests {
  private func store(_ shapes: [Shape]) -> ParameterStore {
    let store = ParameterStore(
      shapes.enumerated().map { Parameter("p\($0)", $1, .constant(1)) })
    store.values.update(repeating: 1)
    return store
  }

  private func values(_ store: ParameterStore) -> [Float] {
    (0..<store.count).map { store.values[$0] }
  }

  @Test func `two steps of Adam by hand`() {
    let store = store([[1, 1]])
    var options = OptimizerOptions()
    (options.kind, options.weightDecay, options.epsilon) = (.adam, 0, 1e-12)
    let optimizer = Optimizer(options, for: store)
    store.gradients[0] = 4
    // Both corrections make up for the start at zero: m = 4, v = 16, and the step is the rate.
    optimizer.step(learningRate: 0.5)
    expectClose(values(store), [0.5], relative: 1e-6)
    store.gradients[0] = -4
    optimizer.step(learningRate: 0.5)
    // m = (0.9 * 0.4 - 0.4) / (1 - 0.81) = -0.04 / 0.19, v = 16.
    expectClose(values(store), [0.5 + 0.5 * Float(0.04 / 0.19 / 4)], relative: 1e-6)
    #expect(optimizer.state.map(\.name) == ["mean", "mean_square", "steps"])
    #expect(optimizer.state[2].values() == [Int64(2)])
  }

  @Test func `decoupled decay shrinks the weight, whatever the gradient`() {
    let store = store([[2, 1], [2]])
    var options = OptimizerOptions()
    (options.kind, options.weightDecay, options.decayExemption) = (.adamw, 0.1, .vectors)
    let optimizer = Optimizer(options, for: store)
    store.gradients.update(repeating: 0)
    optimizer.step(learningRate: 0.5)
    expectClose(values(store), [0.95, 0.95, 1, 1], relative: 1e-6)
  }

  @Test func `neighbours that decay alike are one range`() {
    let store = store([[2, 3], [1, 4], [5], [6], [7, 1]])
    #expect(store.rules.map(\.range) == [0..<10, 10..<21, 21..<28])
    #expect(store.rules.map(\.decays) == [true, false, true])
  }

  @Test func `clipping scales all gradients by one factor, and only long ones`() {
    let store = store([[1, 1], [1]])
    var options = OptimizerOptions()
    (options.momentum, options.weightDecay, options.clipNorm) = (0, 0, 1)
    let optimizer = Optimizer(options, for: store)
    store.gradients.update(from: [3, 4])
    #expect(optimizer.step(learningRate: 1) == 5)
    expectClose(values(store), [0.4, 0.2], relative: 1e-6)
    store.gradients.update(from: [0.25, 0.5])
    optimizer.step(learningRate: 1)
    expectClose(values(store), [0.15, -0.3], relative: 1e-6)
  }

  @Test func `a step without gradient is a step with zeros`() {
    for kind in OptimizerOptions.Kind.allCases {
      let (a, b) = (store([[3, 2]]), store([[3, 2]]))
      var options = OptimizerOptions()
      options.kind = kind
      let (one, other) = (Optimizer(options, for: a), Optimizer(options, for: b))
      for (store, optimizer) in [(a, one), (b, other)] {
        store.gradients.update(from: [1, 2, 3, 4, 5, 6])
        optimizer.step(learningRate: 0.1)
      }
      one.stepWithoutGradient(learningRate: 0.1)
      b.gradients.update(repeating: 0)
      other.step(learningRate: 0.1)
      #expect(values(a) == values(b) && values(a) != [1, 1, 1, 1, 1, 1])
    }
  }

  @Test func `schedules go on as they say`() {
    var options = OptimizerOptions()
    options.learningRate = 2
    func rates(_ epochs: [Int]) -> [Double] { epochs.map { options.learningRate(epoch: $0) } }
    #expect(rates([0, 100]) == [2, 2])
    options.decayEpoch = 3
    expectClose(rates([0, 2, 3, 6]), [2, 2, 0.2, 0.02])
    options.schedule = .constant
    #expect(rates([0, 3]) == [2, 2])
    options.schedule = .cosine
    #expect(rates([0, 9]) == [2, 2], "a cosine without an end stays")
    options.cosineEpochs = 4
    expectClose(rates([0, 1, 2, 4, 9]), [2, 1 + 0.5.squareRoot(), 1, 0, 0], relative: 1e-12)
    expectClose(
      [options.learningRate(epoch: 1, batch: 2, of: 4)], [2 * (1 + 0.3826834323650898) / 2])
  }

  @Test func `the warm-up rises step by step to the whole rate, then the schedule begins`() {
    var options = OptimizerOptions()
    (options.learningRate, options.warmupEpochs) = (1, 1.5)
    (options.schedule, options.cosineEpochs) = (.cosine, 3)
    let rates = (0..<2).flatMap { epoch in
      (0..<4).map { options.learningRate(epoch: epoch, batch: $0, of: 4) }
    }
    expectClose(Array(rates[..<6]), (1...6).map { Double($0) / 6 })
    #expect(rates[6] == 1 && rates[7] < 1)
  }
}
