import Tensors
import TestSupport
import Testing

@testable import Networks

/// What is listed is all that training goes on from: a fresh network that takes it goes on alike.
@Suite struct StateTests {
  private static let architectures: [(EncoderArchitecture, Shape)] = {
    var transformer = TransformerOptions()
    (transformer.width, transformer.depth, transformer.heads, transformer.hidden) = (16, 2, 2, 24)
    (transformer.patchHeight, transformer.patchWidth) = (4, 4)
    (transformer.dropout, transformer.stochasticDepth) = (0.1, 0.2)
    var resnet = ResNetOptions()
    (resnet.width, resnet.blocks) = (16, 1)
    return [
      (.mlp(MLPOptions()), [7]), (.cnn(CNNOptions()), [9, 8, 1]), (.resnet18(resnet), [17, 16, 1]),
      (.transformer(transformer), [9, 8, 1]),
    ]
  }()

  /// A network with its optimizer.
  private struct Trained {
    let encoder: Encoder
    let optimizer: Optimizer

    var state: [NamedState] {
      encoder.state.named(in: "encoder.") + optimizer.state.named(in: "optimizer.")
    }

    /// Takes some steps; returns the bits of the features on the way.
    func train(_ steps: Range<Int>) -> [UInt32] {
      steps.flatMap { step in
        let input = drawn(encoder.inputShape, count: 4, seed: UInt64(step))
        let features = encoder.forward(input, mode: .training).array
        optimizer.step(
          encoder, along: drawn([10], count: 4, seed: UInt64(100 + step)), learningRate: 0.01)
        return features.map(\.bitPattern)
      }
    }
  }

  private func bytes(_ states: [NamedState]) -> [[UInt8]] {
    states.map { state in
      state.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
    }
  }

  @Test(arguments: architectures.indices, OptimizerOptions.Kind.allCases)
  func `a fresh network that takes a state goes on alike`(
    network: Int, kind: OptimizerOptions.Kind
  ) throws {
    let (architecture, shape) = Self.architectures[network]
    var options = OptimizerOptions()
    options.kind = kind
    var generator = SeededGenerator(seed: 1, stream: "weights")
    func trained(_ encoder: Encoder) -> Trained {
      Trained(encoder: encoder, optimizer: Optimizer(options, for: encoder.store))
    }
    let first = trained(
      try architecture.makeEncoder(
        inputShape: shape, features: 10, capacity: 4, generator: &generator))
    let start = bytes(first.state)
    _ = first.train(0..<3)
    let other = trained(
      try architecture.makeEncoder(inputShape: shape, features: 10, capacity: 4))
    _ = other.train(0..<1)
    #expect(other.state.map(\.name) == first.state.map(\.name))
    restore(other.state, from: first.state)
    #expect(bytes(other.state) == bytes(first.state))
    #expect(Set(first.state.map(\.name)).count == first.state.count)
    // Every one of them moves, so that none is listed for nothing.
    for (name, (before, after)) in zip(
      first.state.map(\.name), zip(start, bytes(first.state)))
    {
      #expect(before != after, "\(name)")
    }
    #expect(other.train(3..<6) == first.train(3..<6))
    #expect(bytes(other.state) == bytes(first.state))
  }

  @Test func `states have the names of what they are`() throws {
    var options = TransformerOptions()
    (options.width, options.depth, options.heads, options.dropout) = (16, 2, 2, 0.1)
    let encoder = try EncoderArchitecture.transformer(options)
      .makeEncoder(inputShape: [16, 16, 1], features: 16, capacity: 2)
    #expect(
      encoder.state.dropFirst(encoder.weights.count).map(\.name) == [
        "dropout1.dropout", "block1.dropout", "block2.dropout",
      ])
    #expect(encoder.state.last?.shape == [4] && encoder.state.last?.element == .integer)
    let head = Head(classCount: 3, featureCount: 16)
    #expect(head.state.map(\.name) == ["weight", "bias"])
    #expect(Optimizer(OptimizerOptions(), for: head.store).state.map(\.shape) == [[51]])
  }
}
