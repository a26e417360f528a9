import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite struct LinearLayerTests {
  @Test func `gradients are central differences`() {
    for (inputs, outputs, count) in [(1, 1, 1), (7, 3, 1), (13, 17, 5), (33, 18, 4)] {
      let layer = LinearLayer(inputShape: [inputs], outputCount: outputs, capacity: 6)
      expectCentralDifferences(BoundLayer(layer), drawn([inputs], count: count))
    }
  }

  @Test func `images are flattened, and the gradient has their shape`() {
    let layer = LinearLayer(inputShape: [3, 2, 2], outputCount: 2, capacity: 2)
    let bound = BoundLayer(layer)
    let input = Tensor([3, 2, 2], (1...12).map(Float.init))
    for index in 0..<12 { layer.weight.value[index] = 1 }
    for index in 12..<24 { layer.weight.value[index] = index == 12 ? 2 : 0 }
    layer.bias.value.update(from: [0.5, -1], count: 2)
    #expect(layer.forward(input, mode: .training).array == [78.5, 1])
    let back = layer.backward(Tensor([2], [1, 10]), wantsInputGradient: true)
    #expect(back?.sampleShape == [3, 2, 2])
    #expect(back?.array == [21] + [Float](repeating: 1, count: 11))
    #expect(bound.layer.backward(Tensor([2], [1, 10]), wantsInputGradient: false) == nil)
  }

  @Test(arguments: [(1, 1, 1), (7, 3, 2), (13, 17, 5), (33, 50, 4), (3, 2, 0)])
  func `a ReLU within is one behind it, bit for bit`(inputs: Int, outputs: Int, count: Int) {
    let fused = LinearLayer(
      inputShape: [inputs], outputCount: outputs, capacity: 6, rectified: true)
    let linear = LinearLayer(inputShape: [inputs], outputCount: outputs, capacity: 6)
    let relu = ReLULayer(inputShape: [outputs], capacity: 6)
    let (one, two) = (BoundLayer(fused), BoundLayer(linear))
    let (input, gradient) = (drawn([inputs], count: count), drawn([outputs], count: count, seed: 3))
    if count == 5 { input.values[3] = .nan }
    func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }
    let (output, expected) = (
      fused.forward(input, mode: .training).array,
      relu.forward(linear.forward(input, mode: .training), mode: .training).array
    )
    #expect(bits(output) == bits(expected))
    #expect(count == 0 || outputs == 1 || output.contains(0) && output.contains { $0 > 0 })
    let back = fused.backward(gradient, wantsInputGradient: true)?.array ?? [-1]
    let sum = relu.backward(gradient, wantsInputGradient: true) ?? gradient
    #expect(bits(back) == bits(linear.backward(sum, wantsInputGradient: true)?.array ?? []))
    #expect(gradient.array == drawn([outputs], count: count, seed: 3).array)
    for index in 0..<one.store.count {
      #expect(one.store.gradients[index].bitPattern == two.store.gradients[index].bitPattern)
    }
  }

  @Test func `an empty batch has zero gradients`() {
    let layer = LinearLayer(inputShape: [3], outputCount: 2, capacity: 2)
    let bound = BoundLayer(layer)
    for index in 0..<bound.store.count { bound.store.gradients[index] = .nan }
    #expect(layer.forward(Tensor([3], capacity: 2, count: 0), mode: .training).count == 0)
    let none = Tensor([2], capacity: 2, count: 0)
    #expect(layer.backward(none, wantsInputGradient: true)?.count == 0)
    #expect((0..<bound.store.count).allSatisfy { bound.store.gradients[$0] == 0 })
  }

  @Test func `weights start at the deviation that was asked for`() {
    let layer = LinearLayer(inputShape: [200], outputCount: 100, capacity: 1)
    var generator = SeededGenerator(seed: 1, stream: "x")
    let store = ParameterStore(layer.parameters, from: &generator)
    let squares = (0..<20_000).reduce(0.0) { $0 + Double(store.values[$1] * store.values[$1]) }
    #expect(abs(squares / 20_000 - 2.0 / 200) < 0.02 * 2 / 200 * 2)
    #expect((20_000..<20_100).allSatisfy { store.values[$0] == 0 })
  }
}

@Suite struct ReLULayerTests {
  @Test func `negative values and their gradients vanish, also at zero`() {
    let layer = ReLULayer(inputShape: [5], capacity: 1)
    let input = Tensor([5], [-1, 0, 2, -0.5, 3])
    #expect(layer.forward(input, mode: .training).array == [0, 0, 2, 0, 3])
    let back = layer.backward(Tensor([5], [1, 2, 3, 4, 5]), wantsInputGradient: true)
    #expect(back?.array == [0, 0, 3, 0, 5])
  }

  @Test func `NaN is not hidden`() {
    let layer = ReLULayer(inputShape: [40], capacity: 1)
    var values = [Float](repeating: -1, count: 40)
    values[3] = .nan
    values[39] = .nan
    let output = layer.forward(Tensor([40], values), mode: .evaluation).array
    #expect(output.indices.filter { output[$0].isNaN } == [3, 39])
  }
}

@Suite struct PoolLayerTests {
  @Test func `the largest value and the mean of each window are taken, the rest is dropped`() {
    let input = Tensor([3, 5, 1], [1, 5, 2, 2, 9, 3, 4, 0, 1, 9, 9, 9, 9, 9, 9])
    let largest = MaxPool2DLayer(inputShape: [3, 5, 1], size: 2, capacity: 1)
    #expect(largest.outputShape == [1, 2, 1])
    #expect(largest.forward(input, mode: .training).array == [5, 2])
    let gradient = Tensor([1, 2, 1], [10, 20])
    let routed = largest.backward(gradient, wantsInputGradient: true)
    #expect(routed?.array == [0, 10, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    let mean = MeanPool2DLayer(inputShape: [3, 5, 1], size: 2, capacity: 1)
    #expect(mean.forward(input, mode: .training).array == [3.25, 1.25])
    let spread = mean.backward(gradient, wantsInputGradient: true)
    #expect(spread?.array == [2.5, 2.5, 5, 5, 0, 2.5, 2.5, 5, 5, 0, 0, 0, 0, 0, 0])
  }

  @Test func `gradients are central differences`() {
    for (shape, size, count): (Shape, Int, Int) in [
      ([5, 7, 3], 2, 1), ([7, 6, 17], 3, 2), ([4, 4, 33], 1, 3), ([2, 9, 16], 2, 5),
    ] {
      let input = drawn(shape, count: count)
      for layer: any Layer in [
        MaxPool2DLayer(inputShape: shape, size: size, capacity: 5),
        MeanPool2DLayer(inputShape: shape, size: size, capacity: 5),
      ] {
        // Small steps: a larger one may change which value is the largest.
        expectCentralDifferences(BoundLayer(layer), input, step: 1e-4, tolerance: 2e-2)
      }
    }
  }

  @Test func `NaN is the largest value of its window`() {
    let layer = MaxPool2DLayer(inputShape: [2, 4, 1], size: 2, capacity: 1)
    let input = Tensor([2, 4, 1], [1, .nan, 3, 4, 5, 6, 7, 8])
    let output = layer.forward(input, mode: .evaluation).array
    #expect(output[0].isNaN && output[1] == 8)
  }
}
