import TestSupport
import Tensors
import Testing

@testable import Networks

/// A layer of its own, its parameters bound and moved away from symmetric starting values.
struct BoundLayer {
  let layer: any Layer
  let store: ParameterStore

  init(_ layer: any Layer, seed: UInt64 = 1) {
    self.layer = layer
    var generator = SeededGenerator(seed: seed, stream: "layer")
    store = ParameterStore(layer.parameters, from: &generator)
    for index in 0..<store.count { store.values[index] += Float(0.3 * generator.normal()) }
  }
}

extension ParameterStore {
  /// A store for `parameters`, initialised from `generator`.
  convenience init(_ parameters: [Parameter], from generator: inout SeededGenerator) {
    self.init(parameters)
    initialise(from: &generator)
  }
}

/// Gives each state the values of the one of its name, in whatever order they come.
func restore(_ states: [NamedState], from others: [NamedState]) {
  let saved = Dictionary(uniqueKeysWithValues: others.map { ($0.name, $0) })
  #expect(saved.count == states.count)
  for state in states {
    guard let other = saved[state.name], state.accepts(other.shape) else {
      Issue.record("nothing of its shape is named \(state.name)")
      continue
    }
    state.restore(from: other)
  }
}

/// Normal samples.
func drawn(_ shape: Shape, count: Int, seed: UInt64 = 2) -> Tensor {
  var generator = SeededGenerator(seed: seed, stream: "samples")
  return Tensor(shape, (0..<count * shape.elementCount).map { _ in Float(generator.normal()) })
}

/// Compares `backward` with central differences of `L = sum of output * direction` along random
/// directions in all inputs and all parameters at once, which any wrong element would disturb.
///
/// Outputs are float32, sums float64; with steps of `step` the differences are good to about 1e-3.
func expectCentralDifferences(
  _ bound: BoundLayer, _ input: Tensor, step: Float = 1e-2, tolerance: Double = 4e-3,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let layer = bound.layer
  let output = layer.forward(input, mode: .training)
  let outputGradient = drawn(layer.outputShape, count: input.count, seed: 3)
  func loss() -> (value: Double, zeros: [Int]) {
    let output = layer.forward(input, mode: .training).array
    let value = zip(output, outputGradient.array).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    return (value, output.indices.filter { output[$0] == 0 })
  }
  #expect(output.count == input.count)
  for index in 0..<bound.store.count { bound.store.gradients[index] = .nan }
  guard let inputGradient = layer.backward(outputGradient, wantsInputGradient: true) else {
    Issue.record("no input gradient", sourceLocation: sourceLocation)
    return
  }
  #expect(inputGradient.count == input.count && inputGradient.stride == input.stride)

  func check(
    _ values: Buffer<Float>, _ gradient: [Float], _ what: String, seed: UInt64
  ) {
    let start = values.array
    var generator = SeededGenerator(seed: seed, stream: "direction")
    var checked = 0
    for round in 0..<12 where checked < 4 {
      let direction = start.map { _ in Float(generator.normal()) }
      func move(_ step: Float) {
        for index in start.indices { values[index] = start[index] + step * direction[index] }
      }
      move(step)
      let above = loss()
      move(-step)
      let below = loss()
      values.update(from: start)
      // Between the two a ReLU was crossed: no derivative to compare with.
      guard above.zeros == below.zeros else { continue }
      checked += 1
      let found = zip(gradient, direction).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      let expected = (above.value - below.value) / Double(2 * step)
      let norm = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      let isClose = abs(found - expected) <= tolerance * max(norm, 1e-3)
      if !isClose {
        Issue.record(
          "\(what), direction \(round): \(found), but differences say \(expected) (norm \(norm))",
          sourceLocation: sourceLocation)
      }
    }
    #expect(checked > 0, "every direction crossed a ReLU", sourceLocation: sourceLocation)
  }
  let gradients = bound.store.gradients.array
  check(input.storage[0..<input.elementCount], inputGradient.array, "input", seed: 4)
  if !gradients.isEmpty { check(bound.store.values, gradients, "parameters", seed: 5) }
}

/// Runs a layer forward and backward twice, the second time after other work, and expects equal
/// bits.
func expectRepeatable(
  _ bound: BoundLayer, shape: Shape, sourceLocation: SourceLocation = #_sourceLocation
) {
  let (input, other) = (drawn(shape, count: 3), drawn(shape, count: 2, seed: 9))
  let gradient = drawn(bound.layer.outputShape, count: 3, seed: 3)
  func run() -> [[UInt32]] {
    let output = bound.layer.forward(input, mode: .training).array
    let back = bound.layer.backward(gradient, wantsInputGradient: true)?.array ?? []
    let parameters = bound.store.gradients.array
    return [output, back, parameters].map { $0.map(\.bitPattern) }
  }
  let first = run()
  _ = bound.layer.forward(other, mode: .evaluation)
  #expect(run() == first, sourceLocation: sourceLocation)
}
