import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite struct BatchNormLayerTests {
  @Test(arguments: [false, true])
  func `gradients are central differences`(rectified: Bool) {
    for (shape, count): (Shape, Int) in [
      ([3], 7), ([4, 3, 1], 1), ([5, 2, 17], 3), ([3, 3, 32], 2), ([1, 2, 49], 4),
    ] {
      let layer = BatchNormLayer(inputShape: shape, capacity: 8, rectified: rectified)
      let input = drawn(shape, count: count)
      // With a ReLU only small steps keep clear of its kink.
      expectCentralDifferences(
        BoundLayer(layer), input, step: rectified ? 1e-3 : 1e-2,
        tolerance: rectified ? 2e-2 : 4e-3)
    }
  }

  @Test func `a fused ReLU equals a ReLU behind`() {
    let shape: Shape = [5, 3, 19]
    let fused = BatchNormLayer(inputShape: shape, capacity: 3, rectified: true)
    let plain = BatchNormLayer(inputShape: shape, capacity: 3)
    let relu = ReLULayer(inputShape: shape, capacity: 3)
    let (a, b) = (BoundLayer(fused), BoundLayer(plain))
    let (input, gradient) = (drawn(shape, count: 3), drawn(shape, count: 3, seed: 3))
    let expected = relu.forward(plain.forward(input, mode: .training), mode: .training)
    #expect(fused.forward(input, mode: .training).array == expected.array)
    let masked = relu.backward(gradient, wantsInputGradient: true)
    let back = masked.flatMap { plain.backward($0, wantsInputGradient: true) }
    let found = fused.backward(gradient, wantsInputGradient: true)
    expectClose(found?.array ?? [], back?.array ?? [], relative: 1e-6, "input gradient")
    for index in 0..<a.store.count {
      #expect(a.store.gradients[index] == b.store.gradients[index])
    }
  }

  @Test func `evaluation leaves the running statistics alone`() {
    let layer = BatchNormLayer(inputShape: [4, 4, 3], capacity: 5)
    _ = BoundLayer(layer)
    _ = layer.forward(drawn([4, 4, 3], count: 5), mode: .training)
    let before = layer.states.map { $0.values.array }
    let output = layer.forward(drawn([4, 4, 3], count: 2, seed: 8), mode: .evaluation)
    #expect(layer.states.map { $0.values.array } == before)
    #expect(output.count == 2)
    #expect(before[0] != [0, 0, 0] && before[1] != [1, 1, 1])
  }

  @Test func `an empty batch changes nothing`() {
    let layer = BatchNormLayer(inputShape: [2, 2, 3], capacity: 5)
    _ = BoundLayer(layer)
    #expect(layer.forward(Tensor([2, 2, 3], capacity: 1, count: 0), mode: .training).count == 0)
    #expect(layer.states.map { $0.values.array } == [[0, 0, 0], [1, 1, 1]])
  }

  @Test func `one value per channel gives the bias, no gradient, and no running variance`() {
    let layer = BatchNormLayer(inputShape: [2], capacity: 1)
    let bound = BoundLayer(layer)
    layer.bias.value.update(from: [0.25, -4], count: 2)
    #expect(layer.forward(Tensor([2], [3, 5]), mode: .training).array == [0.25, -4])
    let back = layer.backward(Tensor([2], [1, 2]), wantsInputGradient: true)
    #expect(back?.array == [0, 0])
    expectClose(layer.states[0].values.array, [0.3, 0.5], relative: 1e-6, "running mean")
    #expect(layer.states[1].values.array == [1, 1])
    #expect(bound.store.gradients[2] == 1 && bound.store.gradients[3] == 2)
  }

  @Test func `a constant channel stays finite`() {
    let layer = BatchNormLayer(inputShape: [3, 3, 2], capacity: 4)
    _ = BoundLayer(layer)
    let input = Tensor([3, 3, 2], [Float](repeating: 1e4, count: 4 * 18))
    let output = layer.forward(input, mode: .training).array
    let back = layer.backward(drawn([3, 3, 2], count: 4), wantsInputGradient: true)?.array ?? []
    #expect(output.allSatisfy { $0.isFinite } && back.allSatisfy { $0.isFinite })
    expectClose(output, (0..<72).map { layer.bias.value[$0 % 2] }, relative: 1e-6, "output")
  }

  @Test func `statistics keep their precision far from zero and over many rows`() {
    // Mean 1,000, deviation 1: a plain sum of squares in float32 would lose the variance.
    var generator = SeededGenerator(seed: 3, stream: "far")
    let values = (0..<50_000 * 3).map { _ in Float(1_000 + generator.normal()) }
    let layer = BatchNormLayer(inputShape: [50_000, 3], capacity: 1)
    _ = BoundLayer(layer)
    _ = layer.forward(Tensor([50_000, 3], values), mode: .training)
    for channel in 0..<3 {
      let own = stride(from: channel, to: values.count, by: 3).map { Double(values[$0]) }
      let mean = own.reduce(0, +) / 50_000
      let variance = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 49_999
      let found = layer.states.map { Double($0.values.values[channel]) }
      #expect(abs(found[0] - 0.1 * mean) < 1e-6 * mean)
      #expect(abs(found[1] - (0.9 + 0.1 * variance)) < 1e-6)
    }
  }

  @Test func `two runs are equal bit for bit`() {
    for shape: Shape in [[5, 7, 3], [3, 3, 48]] {
      expectRepeatable(BoundLayer(BatchNormLayer(inputShape: shape, capacity: 4)), shape: shape)
    }
  }
}
