import Tensors
import Testing

@testable import Networks

@Suite struct LayerPartTests {
  /// What a layer reports on both ways, in order.
  private func reported(
    _ layer: any Layer, _ input: Tensor, _ outputGradient: Tensor? = nil
  ) -> (forward: [String], backward: [String], output: Tensor) {
    var names: [String] = []
    layer.observeParts { names.append($0) }
    let output = layer.forward(input, mode: .training)
    let forward = names
    names = []
    let gradient = outputGradient ?? drawn(output.sampleShape, count: output.count)
    _ = layer.backward(gradient, wantsInputGradient: true)
    layer.observeParts(nil)
    return (forward, names, output)
  }

  /// A block's rows of two samples, of three and two tokens.
  private func transformerBlock(
    _ norm: TransformerOptions.NormPlacement = .pre
  ) -> (block: TransformerBlockLayer, input: Tensor) {
    let rows = TokenRows(capacity: 2)
    rows.removeAll()
    rows.append(tokens: 3)
    rows.append(tokens: 2)
    var options = TransformerBlockLayer.Options(width: 8, heads: 2, hidden: 32)
    options.norm = norm
    let block = TransformerBlockLayer(
      options, workspace: BlockWorkspace(options, rows: rows),
      generator: SeededGenerator(seed: 1, stream: "block"))
    return (block, drawn([8], count: 5))
  }

  @Test func `layers report every part that they name, and no other`() {
    let (block, rows) = transformerBlock()
    let layers: [(any Layer, Tensor)] = [
      (ResidualStem(frameShape: [9, 8, 3], filters: 16, capacity: 2), drawn([9, 8, 3], count: 2)),
      (
        ResidualBlock(inputShape: [4, 5, 16], filters: 16, stride: 1, capacity: 2),
        drawn([4, 5, 16], count: 2)
      ),
      (
        ResidualBlock(inputShape: [4, 5, 16], filters: 32, stride: 2, capacity: 2),
        drawn([4, 5, 16], count: 2)
      ),
      (block, rows), transformerBlock(.post),
    ]
    for (layer, input) in layers {
      let bound = BoundLayer(layer)
      let (forward, backward, output) = reported(bound.layer, input)
      let parts = layer.parts(from: input, to: output, wantsInputGradient: true)
      #expect(parts.count > 1 && Set(parts.map(\.name)).count == parts.count)
      #expect(Set(forward) == Set(parts.map(\.name)))
      let working = parts.filter { $0.cost.backward.movedByteCount > 0 }
      #expect(Set(backward) == Set(working.map(\.name)))
    }
  }

  @Test func `an observer changes no bit and hears nothing afterwards`() {
    let input = drawn([4, 5, 16], count: 2)
    let bound = BoundLayer(
      ResidualBlock(inputShape: [4, 5, 16], filters: 32, stride: 2, capacity: 2))
    let plain = bound.layer.forward(input, mode: .training).array
    var count = 0
    bound.layer.observeParts { _ in count += 1 }
    #expect(bound.layer.forward(input, mode: .training).array == plain)
    let heard = count
    bound.layer.observeParts(nil)
    _ = bound.layer.forward(input, mode: .training)
    #expect(heard > 0 && count == heard)
  }

  @Test func `a linear layer costs its product, and no input gradient unless it is wanted`() {
    let layer = BoundLayer(LinearLayer(inputShape: [3], outputCount: 5, capacity: 4)).layer
    let input = drawn([3], count: 4)
    let output = layer.forward(input, mode: .training)
    let all = layer.parts(from: input, to: output, wantsInputGradient: true)
    #expect(
      all == [
        LayerPart(
          LayerCost(
            forward: .init(multiplyAdds: 60, floats: 12 + 20 + 20),
            backward: .init(multiplyAdds: 120, floats: 12 + 20 + 20 + 20 + 12), keptFloats: 20))
      ])
    let first = layer.parts(from: input, to: output, wantsInputGradient: false)[0].cost
    #expect(first.backward == .init(multiplyAdds: 60, floats: 12 + 20 + 20))
  }

  @Test func `a layer that says nothing is one part that moves its ends`() {
    let layer = ReLULayer(inputShape: [7], capacity: 2)
    let input = drawn([7], count: 2)
    let (forward, backward, output) = reported(layer, input)
    #expect(forward.isEmpty && backward.isEmpty)
    #expect(
      layer.parts(from: input, to: output, wantsInputGradient: true) == [
        LayerPart(
          LayerCost(
            forward: .init(floats: 28), backward: .init(floats: 28), keptFloats: 14))
      ])
  }

  @Test func `convolutions of a block cost places times weights, and the block keeps four arrays`()
  {
    let layer = ResidualBlock(inputShape: [4, 6, 16], filters: 32, stride: 2, capacity: 3)
    let input = drawn([4, 6, 16], count: 3)
    let output = BoundLayer(layer).layer.forward(input, mode: .training)
    let parts = layer.parts(from: input, to: output, wantsInputGradient: true)
    let costs = Dictionary(uniqueKeysWithValues: parts.map { ($0.name, $0.cost) })
    let places = 3 * 2 * 3
    #expect(costs["conv1"]?.forward.multiplyAdds == places * 9 * 16 * 32)
    #expect(costs["conv2"]?.backward.multiplyAdds == 2 * places * 9 * 32 * 32)
    #expect(costs["downsample.conv"]?.forward.multiplyAdds == places * 16 * 32)
    let kept = parts.reduce(0) { $0 + $1.cost.keptByteCount }
    #expect(kept == 4 * 4 * places * 32)
  }

  @Test func `a transformer block costs its four products and attention, and keeps nine numbers`() {
    let (block, input) = transformerBlock()
    let output = BoundLayer(block).layer.forward(input, mode: .training)
    let parts = block.parts(from: input, to: output, wantsInputGradient: true)
    let costs = Dictionary(uniqueKeysWithValues: parts.map { ($0.name, $0.cost) })
    #expect(costs["attn.qkv"]?.forward.multiplyAdds == 5 * 8 * 24)
    #expect(costs["attention"]?.forward.multiplyAdds == 2 * (9 + 4) * 8)
    #expect(costs["attention"]?.backward.multiplyAdds == 4 * (9 + 4) * 8)
    #expect(costs["attn.proj"]?.forward.multiplyAdds == 5 * 8 * 8)
    #expect(costs["mlp.fc1"]?.forward.multiplyAdds == 5 * 8 * 32)
    #expect(costs["mlp.fc2"]?.backward.multiplyAdds == 2 * 5 * 32 * 8)
    // x is the output of the layer before; means and deviations of two norms come on top.
    let kept = parts.reduce(0) { $0 + $1.cost.keptByteCount }
    #expect(kept == 4 * 5 * (9 * 8 + 2 * 2))
    let post = transformerBlock(.post)
    let end = BoundLayer(post.block).layer.forward(post.input, mode: .training)
    let more = post.block.parts(from: post.input, to: end, wantsInputGradient: true)
    let keptPostNorm = more.reduce(0) { $0 + $1.cost.keptByteCount }
    #expect(keptPostNorm == 4 * 5 * (10 * 8 + 2 * 2))
  }
}
