import AllocationCounter
import Glibc
import TestSupport
import Tensors
import Testing

@testable import Networks

func sine(_ x: Double) -> Double { sin(x) }

@Suite struct TransformerEncoderTests {
  static func transformer(
    _ change: (inout TransformerOptions) -> Void = { _ in }
  ) -> EncoderArchitecture {
    var options = TransformerOptions()
    (options.width, options.depth, options.heads) = (12, 2, 3)
    (options.patchHeight, options.patchWidth) = (4, 3)
    change(&options)
    return .transformer(options)
  }

  private func encoder(
    _ architecture: EncoderArchitecture, _ shape: Shape, features: Int = 10, seed: UInt64 = 1
  ) throws -> Encoder {
    var generator = SeededGenerator(seed: seed, stream: "encoder")
    return try architecture.makeEncoder(
      inputShape: shape, features: features, capacity: 6, generator: &generator)
  }

  static let cases: [(EncoderArchitecture, Shape)] = [
    (transformer(), [9, 11, 1]), (transformer { $0.pooling = .classToken }, [8, 6, 3]),
    (transformer { ($0.input, $0.positions) = (.spectrogram, .learned) }, [5, 7]),
    (transformer { ($0.input, $0.vocabulary) = (.text, 9) }, [1]),
    (transformer { ($0.input, $0.vocabulary, $0.positions) = (.text, 9, .fixed) }, [6]),
    (
      transformer { ($0.input, $0.vocabulary, $0.pooling) = (.text, 9, .classToken) }, [5]
    ),
    (transformer { bert(&$0) }, [7]),
    (
      transformer {
        ($0.positions, $0.pooling, $0.classPosition, $0.epsilon) = (
          .learned, .classToken, true, 1e-6
        )
      }, [8, 6, 3]
    ),
    (
      transformer {
        ($0.positions, $0.pooling, $0.hasClassToken) = (.fixedColumnsFirst, .meanAll, true)
      }, [8, 6, 1]
    ),
    (transformer { ($0.norm, $0.hasClassToken) = (.post, true) }, [8, 6, 1]),
  ]

  /// The form of BERT and MiniLM.
  static func bert(_ options: inout TransformerOptions) {
    (options.input, options.vocabulary, options.maximumPositions) = (.text, 9, 16)
    (options.norm, options.epsilon, options.embeddingNorm) = (.post, 1e-12, true)
  }

  private func input(_ shape: Shape, _ architecture: EncoderArchitecture, count: Int) -> Tensor {
    let input = drawn(shape, count: count)
    guard case .transformer(let options) = architecture, options.input == .text else {
      return input
    }
    var generator = SeededGenerator(seed: 3, stream: "tokens")
    for index in 0..<input.elementCount { input.values[index] = Float(generator.integer(below: 9)) }
    // A text of padding alone.
    input.sample(0).update(repeating: 0, count: input.stride)
    return input
  }

  @Test(arguments: cases.indices)
  func `whole transformers pass central differences`(index: Int) throws {
    let (architecture, shape) = Self.cases[index]
    let encoder = try encoder(architecture, shape)
    let input = input(shape, architecture, count: 3)
    let direction = drawn([10], count: 3, seed: 3)
    func loss() -> Double {
      zip(encoder.forward(input, mode: .training).array, direction.array)
        .reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    _ = loss()
    for index in 0..<encoder.store.count { encoder.store.gradients[index] = .nan }
    encoder.backward(direction)
    // Along the gradient itself the difference is its squared length.
    let gradients = (0..<encoder.store.count).map { encoder.store.gradients[$0] }
    let squared = gradients.reduce(0) { $0 + Double($1) * Double($1) }
    let step = Float(3e-3 / squared.squareRoot())
    func move(_ factor: Float) {
      for index in gradients.indices { encoder.store.values[index] += factor * gradients[index] }
    }
    move(step)
    let above = loss()
    move(-2 * step)
    let difference = (above - loss()) / Double(2 * step)
    #expect(abs(difference / squared - 1) < 1e-2)
  }

  @Test(arguments: cases.indices)
  func `evaluation is training without dropout, however many samples come at once`(
    index: Int
  ) throws {
    let (architecture, shape) = Self.cases[index]
    let encoder = try encoder(architecture, shape)
    let input = input(shape, architecture, count: 5)
    let trained = encoder.forward(input, mode: .training).array
    expectClose(encoder.forward(input, mode: .evaluation).array, trained, relative: 1e-5)
    var single: [Float] = []
    for sample in 0..<5 {
      let one = Tensor(
        shape,
        Array(
          UnsafeBufferPointer(
            start: input.sample(sample), count: input.stride)))
      single += encoder.forward(one, mode: .evaluation).array
    }
    expectClose(single, trained, relative: 1e-5)
  }

  @Test func `batches of many rows are evaluated in parts that agree`() throws {
    let text = Self.transformer { ($0.input, $0.vocabulary) = (.text, 9) }
    var generator = SeededGenerator(seed: 1, stream: "encoder")
    let encoder = try text.makeEncoder(
      inputShape: [400], features: 10, capacity: 9, generator: &generator)
    let input = input([400], text, count: 9)
    let trained = encoder.forward(input, mode: .training).array
    expectClose(encoder.forward(input, mode: .evaluation).array, trained, relative: 1e-5)
  }

  @Test func `padding changes nothing, wherever the batch is padded to`() throws {
    func features(_ length: Int) throws -> [Float] {
      let text = Self.transformer {
        ($0.input, $0.vocabulary, $0.positions) = (.text, 9, .fixed)
      }
      let encoder = try encoder(text, [length])
      let tokens: [Float] = [3, 8, 1]
      let padding = [Float](repeating: 0, count: length - 3)
      return encoder.forward(Tensor([length], tokens + padding), mode: .training).array
    }
    #expect(try features(3) == features(8))
  }

  @Test func `sizes and parameters are those that the options say`() throws {
    let encoder = try encoder(Self.transformer { $0.pooling = .classToken }, [8, 6, 3])
    let names = encoder.store.parameters.map(\.name)
    #expect(
      names.prefix(4) == [
        "embedding1.patch.weight", "embedding1.patch.bias", "embedding1.class",
        "block1.norm1.weight",
      ])
    #expect(names.contains("block2.attn.qkv.weight") && names.contains("block2.mlp.fc2.bias"))
    #expect(names.suffix(4) == ["norm1.weight", "norm1.bias", "linear1.weight", "linear1.bias"])
    let blocks = 2 * (12 * 12 * 12 + 13 * 12)
    let sizes = [36 * 12 + 12, 12, blocks, 24, 130]
    #expect(encoder.store.count == sizes.reduce(0, +))
    let exempt = encoder.store.parameters.filter { !$0.decays }.map(\.name)
    #expect(
      exempt.allSatisfy { $0.hasSuffix("bias") || $0.contains("norm") || $0.hasSuffix("class") })
    let equal = try self.encoder(Self.transformer(), [8, 6, 3], features: 12)
    #expect(!equal.store.parameters.contains { $0.name.hasPrefix("linear") })
    for (size, width) in [(TransformerOptions.Size.tiny, 192), (.small, 384)] {
      var options = TransformerOptions()
      (options.size, options.depth) = (size, 1)
      let sized = try self.encoder(.transformer(options), [16, 16, 3], features: width)
      #expect(sized.store.count == 769 * width + 12 * width * width + 13 * width + 2 * width)
      #expect(options.sizes.heads == width / 64)
    }
  }

  @Test func `BERT's form has a norm after the embedding, and none after the blocks`() throws {
    let encoder = try encoder(Self.transformer(Self.bert), [7], features: 12)
    let names = encoder.store.parameters.map(\.name)
    #expect(
      names.prefix(6) == [
        "embedding1.tokens", "embedding1.positions", "embedding_norm1.weight",
        "embedding_norm1.bias", "block1.norm1.weight", "block1.norm1.bias",
      ])
    #expect(names.suffix(2) == ["block2.mlp.fc2.weight", "block2.mlp.fc2.bias"])
    #expect(encoder.store.parameters[1].shape == [16, 12])
    #expect(encoder.layerNames.suffix(2) == ["block2", "pooling1"])
  }

  @Test func `dropout does not move the weights that are drawn, and has named streams`() throws {
    let plain = try encoder(Self.transformer(), [8, 6])
    let noisy = try encoder(
      Self.transformer { ($0.dropout, $0.stochasticDepth) = (0.1, 0.2) }, [8, 6])
    func values(_ encoder: Encoder) -> [Float] {
      (0..<encoder.store.count).map { encoder.store.values[$0] }
    }
    #expect(values(plain) == values(noisy) && plain.randomStreams.isEmpty)
    #expect(
      noisy.randomStreams.map(\.name) == ["dropout1.dropout", "block1.dropout", "block2.dropout"])
    let states = noisy.randomStreams.map(\.generator)
    #expect(states[0] != states[1] && states[1] != states[2])
  }

  @Test func `a step in the steady state allocates next to nothing`() throws {
    let architecture = Self.transformer { ($0.input, $0.vocabulary) = (.text, 9) }
    let encoder = try encoder(architecture, [40])
    let input = input([40], architecture, count: 6)
    let gradient = drawn([10], count: 6, seed: 3)
    let optimizer = Optimizer(OptimizerOptions(), for: encoder.store)
    func step() {
      _ = encoder.forward(input, mode: .training)
      encoder.backward(gradient)
      optimizer.step(learningRate: 1e-3)
    }
    step()
    allocation_counter_start(1 << 20)
    for _ in 0..<5 { step() }
    let allocations = allocation_counter_stop()
    #expect(abs(allocations.kept) < 1_024 && allocations.count == 0)
  }

  static let refusals: [(EncoderArchitecture, Shape, String)] = [
    (transformer { $0.heads = 5 }, [8, 8, 1], "heads is 5, but must divide the width"),
    (transformer { $0.heads = 0 }, [8, 8, 1], "heads is 0"),
    (transformer { $0.width = -3 }, [8, 8, 1], "width is -3"),
    (transformer { $0.depth = 0 }, [8, 8, 1], "depth is 0"),
    (transformer { $0.hidden = .max }, [8, 8, 1], "hidden is"),
    (transformer { $0.width = .max }, [8, 8, 1], "width is"),
    (transformer { $0.patchHeight = 0 }, [8, 8, 1], "patch_height is 0"),
    (transformer(), [74], "a vector of 74"),
    (transformer { $0.input = .spectrogram }, [8, 8, 3], "8 x 8 x 3"),
    (transformer { ($0.input, $0.vocabulary) = (.text, 9) }, [8, 8, 3], "list of token numbers"),
    (transformer { $0.input = .text }, [8], "set vocabulary"),
    (transformer { ($0.input, $0.vocabulary) = (.text, 0) }, [8], "vocabulary is 0"),
    (transformer { ($0.input, $0.vocabulary) = (.text, 9) }, [1 << 30], "would hold more than"),
    (transformer { bert(&$0) }, [17], "maximum_positions is 16, but the texts may have 17 tokens"),
    (
      transformer { ($0.input, $0.vocabulary, $0.positions) = (.text, 9, .fixedColumnsFirst) }, [8],
      "texts have one axis"
    ),
    (
      transformer { ($0.pooling, $0.classPosition) = (.classToken, true) }, [8, 8, 1],
      "set positions to learned"
    ),
    (
      transformer { ($0.positions, $0.classPosition) = (.learned, true) }, [8, 8, 1],
      "set class_token to true"
    ),
    (transformer { $0.maximumPositions = 9 }, [8, 8, 1], "set it to null"),
  ]

  @Test(arguments: refusals.indices)
  func `options that do not fit are refused in one sentence`(index: Int) throws {
    let (architecture, shape, words) = Self.refusals[index]
    let error = try #require(throws: NetworkError.self) { try encoder(architecture, shape) }
    #expect("\(error)".contains(words), "\(error)")
    #expect(!"\(error)".contains("\n"))
  }

  @Test func `weights for shorter texts are refused by longer ones, by name`() throws {
    let text = Self.transformer { ($0.input, $0.vocabulary) = (.text, 9) }
    let (short, long) = (try encoder(text, [5]), try encoder(text, [6]))
    let refused = zip(long.weights, short.weights).filter { !$0.accepts($1.shape) }
    #expect(refused.map(\.0.name) == ["embedding1.positions"])
    #expect(long.weights.map(\.name) == short.weights.map(\.name))
  }
}
