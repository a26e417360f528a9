import AllocationCounter
import Glibc
import TestSupport
import Tensors
import Testing

@testable import Networks

func exponential(_ x: Double) -> Double { exp(x) }
func logarithm(_ x: Double) -> Double { log(x) }

@Suite struct EncoderTests {
  private static func cnn(_ change: (inout CNNOptions) -> Void = { _ in }) -> EncoderArchitecture {
    var options = CNNOptions()
    change(&options)
    return .cnn(options)
  }

  private static func mlp(_ change: (inout MLPOptions) -> Void = { _ in }) -> EncoderArchitecture {
    var options = MLPOptions()
    change(&options)
    return .mlp(options)
  }

  private static let narrowResNet = {
    var options = ResNetOptions()
    (options.width, options.blocks) = (4, 1)
    return EncoderArchitecture.resnet18(options)
  }()

  private static let narrowTransformer = {
    var options = TransformerOptions()
    (options.width, options.depth, options.heads) = (16, 2, 2)
    return EncoderArchitecture.transformer(options)
  }()

  private func encoder(
    _ architecture: EncoderArchitecture, _ shape: Shape, features: Int = 10, capacity: Int = 6
  ) throws -> Encoder {
    var generator = SeededGenerator(seed: 1, stream: "encoder")
    return try architecture.makeEncoder(
      inputShape: shape, features: features, capacity: capacity, generator: &generator)
  }

  @Test func `a cnn has the parameters that its options say`() throws {
    let encoder = try encoder(Self.cnn(), [40, 101, 1])
    #expect(
      encoder.store.parameters.map(\.name) == [
        "conv1.weight", "norm1.weight", "norm1.bias", "conv2.weight", "norm2.weight", "norm2.bias",
        "linear1.weight", "linear1.bias",
      ])
    let shapes = encoder.store.parameters.map(\.shape.dimensions)
    #expect(shapes[0] == [16, 3, 3, 1] && shapes[3] == [32, 3, 3, 16])
    #expect(shapes[6] == [10, 10 * 25 * 32])
    #expect(
      encoder.states.map(\.name) == [
        "norm1.running_mean", "norm1.running_var", "norm2.running_mean", "norm2.running_var",
      ])
    #expect(encoder.featureCount == 10)
    let plain = try self.encoder(Self.cnn { $0.norm = .none }, [8, 9])
    #expect(plain.store.parameters.prefix(2).map(\.name) == ["conv1.weight", "conv1.bias"])
    #expect(plain.states.isEmpty)
  }

  @Test func `an mlp without hidden layers and rectifier is a linear map`() throws {
    let linear = try encoder(Self.mlp { ($0.hidden, $0.finalReLU) = ([], false) }, [3, 2])
    #expect(linear.layers.count == 1 && linear.store.count == 70)
    let mlp = try encoder(Self.mlp(), [74], features: 64)
    #expect(mlp.store.count == 75 * 64 + 65 * 64 && mlp.layers.count == 2)
  }

  @Test(arguments: [Self.cnn(), Self.mlp(), Self.narrowResNet, Self.narrowTransformer])
  func `parameters are counted without being drawn`(architecture: EncoderArchitecture) throws {
    let counts = try architecture.parameterCounts(inputShape: [20, 17, 1], features: 10)
    let store = try encoder(architecture, [20, 17, 1], capacity: 2).store
    #expect(counts == store.layerRanges.map(\.count))
  }

  @Test(arguments: [
    Self.cnn(), Self.cnn { ($0.norm, $0.pooling, $0.channels) = (.none, .mean, [5]) },
    Self.cnn { ($0.stride, $0.pooling, $0.finalReLU) = (2, .none, false) },
    Self.mlp { $0.hidden = [20, 9] },
  ])
  func `whole encoders pass central differences`(architecture: EncoderArchitecture) throws {
    let encoder = try encoder(architecture, [9, 11, 1])
    let input = drawn([9, 11, 1], count: 3)
    let direction = drawn([10], count: 3, seed: 3)
    func loss() -> Double {
      zip(encoder.forward(input, mode: .training).array, direction.array)
        .reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    _ = loss()
    encoder.backward(direction)
    // Along the gradient itself the difference is its squared length.
    let gradients = (0..<encoder.store.count).map { encoder.store.gradients[$0] }
    let squared = gradients.reduce(0) { $0 + Double($1) * Double($1) }
    let step = Float(1e-4 / squared.squareRoot())
    func move(_ factor: Float) {
      for index in gradients.indices { encoder.store.values[index] += factor * gradients[index] }
    }
    move(step)
    let above = loss()
    move(-2 * step)
    let difference = (above - loss()) / Double(2 * step)
    #expect(abs(difference / squared - 1) < 2e-2)
  }

  @Test func `training learns, and evaluation agrees with it`() throws {
    let encoder = try encoder(Self.cnn { $0.channels = [8] }, [8, 8, 1], capacity: 32)
    var generator = SeededGenerator(seed: 4, stream: "head")
    let head = Head(classCount: 2, featureCount: 10, generator: &generator)
    // A bright left half, or a bright right half, in noise.
    let input = drawn([8, 8, 1], count: 32)
    let labels = (0..<32).map { Int32($0 % 2) }
    for sample in 0..<32 {
      for pixel in 0..<64 where (pixel % 8 < 4) == (labels[sample] == 0) {
        input.sample(sample)[pixel] += 2
      }
    }
    let (logits, gradient) = (Tensor([2], capacity: 32), Tensor([2], capacity: 32))
    let featureGradient = Tensor([10], capacity: 32)
    let (sgd, headSGD) = (SGD(count: encoder.store.count), SGD(count: head.store.count))
    func evaluate(_ mode: Mode) -> (lossSum: Double, correct: Int) {
      head.logits(encoder.forward(input, mode: mode), into: logits)
      return SoftmaxCrossEntropy.evaluate(
        logits: logits, labels: Buffer(labels), total: 32, gradient: gradient)
    }
    let first = evaluate(.training).lossSum
    for _ in 0..<60 {
      let features = encoder.forward(input, mode: .training)
      head.logits(features, into: logits)
      _ = SoftmaxCrossEntropy.evaluate(
        logits: logits, labels: Buffer(labels), total: 32, gradient: gradient)
      head.gradient(logitGradient: gradient, features: features)
      head.featureGradient(logitGradient: gradient, into: featureGradient)
      encoder.backward(featureGradient)
      sgd.step(
        encoder.store.values, along: encoder.store.gradients, learningRate: 0.02, momentum: 0.9,
        weightDecay: 0)
      headSGD.step(
        head.store.values, along: head.store.gradients, learningRate: 0.02, momentum: 0.9,
        weightDecay: 0)
    }
    let last = evaluate(.evaluation)
    #expect(last.correct == 32 && last.lossSum < 0.2 * first)
  }

  private static var resnet: EncoderArchitecture {
    var options = ResNetOptions()
    (options.width, options.blocks) = (16, 1)
    return .resnet18(options)
  }

  @Test(arguments: [cnn(), resnet])
  func `a step in the steady state reuses every buffer and keeps no memory`(
    architecture: EncoderArchitecture
  ) throws {
    let encoder = try encoder(architecture, [12, 13, 1], capacity: 8)
    let input = drawn([12, 13, 1], count: 8)
    let gradient = drawn([10], count: 8, seed: 3)
    let sgd = SGD(count: encoder.store.count)
    /// Where the layers' outputs and input gradients lie.
    func step() -> [UnsafeMutablePointer<Float>] {
      var places: [UnsafeMutablePointer<Float>] = []
      var (output, back) = (input, gradient)
      for layer in encoder.layers {
        output = layer.forward(output, mode: .training)
        places.append(output.values)
      }
      for layer in encoder.layers.reversed() {
        guard let next = layer.backward(back, wantsInputGradient: true) else { break }
        back = next
        places.append(back.values)
      }
      sgd.step(
        encoder.store.values, along: encoder.store.gradients, learningRate: 1e-3, momentum: 0.9,
        weightDecay: 0)
      return places
    }
    let places = step()
    #expect(places.count == 2 * encoder.layers.count)
    var areSame = true
    allocation_counter_start(1 << 20)
    for _ in 0..<5 { areSame = areSame && step() == places }
    let allocations = allocation_counter_stop()
    #expect(areSame)
    #expect(abs(allocations.kept) < 1_024 && allocations.count == 0)
  }

  @Test func `what is exported is restored, states included`() throws {
    let (a, b) = (try encoder(Self.cnn(), [9, 8, 1]), try encoder(Self.cnn(), [9, 8, 1]))
    let input = drawn([9, 8, 1], count: 4)
    _ = a.forward(input, mode: .training)
    for index in 0..<a.store.count { a.store.values[index] += 0.125 }
    let expected = a.forward(input, mode: .evaluation).array
    #expect(b.forward(input, mode: .evaluation).array != expected)
    restore(b.weights, from: a.weights.reversed())
    #expect(b.forward(input, mode: .evaluation).array == expected)
  }

  @Test func `a parameter is copied when it is looked at, not before`() throws {
    let encoder = try encoder(Self.mlp(), [3])
    let weights = encoder.weights
    encoder.store.values[0] = 42
    #expect(weights.first?.values(of: Float.self)?.first == 42)
  }

  @Test func `a network takes values of its own shapes alone`() throws {
    let weights = try encoder(Self.cnn(), [9, 8, 1]).weights
    #expect(weights.last?.name == "norm2.running_var")
    for state in weights {
      let shape = state.shape.dimensions
      #expect(state.accepts(Shape(shape)) && !state.accepts(Shape([1] + shape)))
      #expect(!state.accepts(Shape(shape.dropLast() + [shape[shape.count - 1] + 1])))
    }
  }

  static let refusals: [(EncoderArchitecture, Shape, Int, String)] = [
    (cnn(), [74], 64, "a vector of 74"),
    (cnn(), [3, 3, 1], 64, "pooling by 2 leaves nothing of the 1 x 1 x 32 image"),
    (cnn { $0.channels = [0] }, [9, 9, 1], 64, "channels is 0"),
    (cnn { ($0.kernel, $0.padding) = (10, 0) }, [9, 9, 1], 64, "kernel of 10 x 10"),
    (cnn { $0.kernel = 0 }, [9, 9, 1], 64, "kernel is 0"),
    (cnn { $0.stride = -1 }, [9, 9, 1], 64, "stride is -1"),
    (cnn { $0.padding = -1 }, [9, 9, 1], 64, "padding is -1"),
    (cnn { $0.padding = .max }, [9, 9, 1], 64, "padding is"),
    (cnn { $0.poolSize = 17 }, [40, 40, 1], 64, "pool_size is 17"),
    (cnn { $0.poolSize = 0 }, [40, 40, 1], 64, "pool_size is 0"),
    (cnn { $0.channels = [1 << 20, 1 << 20] }, [99, 99, 1], 64, "would hold more than"),
    (mlp { $0.hidden = [1 << 40] }, [9], 64, "hidden is 1099511627776"),
    (mlp { $0.hidden = [1 << 20] }, [1 << 20], 64, "would hold more than"),
    (mlp(), [9], 0, "features is 0"),
    (mlp(), [0], 8, "the input size is 0"),
  ]

  @Test(arguments: refusals.indices)
  func `options that do not fit are refused in one sentence`(index: Int) throws {
    let (architecture, shape, features, words) = Self.refusals[index]
    var generator = SeededGenerator(seed: 1, stream: "x")
    let error = try #require(throws: NetworkError.self) {
      try architecture.makeEncoder(
        inputShape: shape, features: features, capacity: 64, generator: &generator)
    }
    #expect("\(error)".contains(words), "\(error)")
    #expect(!"\(error)".contains("\n"))
  }
}
