import Tensors
import Testing

@testable import Networks

@Suite struct ScaleLayerTests {
  @Test func `each number has its own factor`() {
    let layer = ScaleLayer(inputShape: [2], capacity: 3)
    let bound = BoundLayer(layer)
    bound.store.values.update(from: [2, -1])
    #expect(layer.forward(Tensor([2], [1, 2, 3, 4]), mode: .training).array == [2, -2, 6, -4])
  }

  @Test func `gradients are central differences, and repeat bit for bit`() {
    for (shape, count): (Shape, Int) in [([1], 1), ([7], 3), ([3, 2, 4], 5)] {
      let bound = BoundLayer(ScaleLayer(inputShape: shape, capacity: 5))
      expectCentralDifferences(bound, drawn(shape, count: count))
      expectRepeatable(bound, shape: shape)
    }
  }
}
