import Tensors
import Testing

@testable import Networks

/// What a plan says is what training takes, to the byte.
@Suite struct MemoryPlanTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let architecture: EncoderArchitecture
    let shape: Shape
  }

  static func cnn(_ change: (inout CNNOptions) -> Void = { _ in }) -> EncoderArchitecture {
    var options = CNNOptions()
    options.channels = [16, 24]
    change(&options)
    return .cnn(options)
  }

  static func resnet(_ change: (inout ResNetOptions) -> Void = { _ in }) -> EncoderArchitecture {
    var options = ResNetOptions()
    options.width = 16
    change(&options)
    return .resnet18(options)
  }

  static func transformer(
    _ change: (inout TransformerOptions) -> Void = { _ in }
  ) -> EncoderArchitecture {
    var options = TransformerOptions()
    options.width = 24
    options.depth = 2
    options.heads = 2
    change(&options)
    return .transformer(options)
  }

  static func bag(_ change: (inout BagOfWordsOptions) -> Void) -> EncoderArchitecture {
    var options = BagOfWordsOptions()
    options.hidden = [12]
    change(&options)
    return .bagOfWords(options)
  }

  static let examples = [
    Example(testDescription: "mlp", architecture: .mlp(.init()), shape: [30]),
    Example(testDescription: "cnn", architecture: cnn(), shape: [20, 20, 3]),
    Example(
      testDescription: "cnn without norms", architecture: cnn { $0.norm = .none }, shape: [20, 20]),
    Example(testDescription: "resnet18", architecture: resnet(), shape: [40, 40, 3]),
    Example(
      testDescription: "resnet18 of odd width", architecture: resnet { $0.width = 12 },
      shape: [40, 40]),
    Example(
      testDescription: "resnet18 of videos", architecture: resnet { $0.frames = 2 },
      shape: [2, 32, 32, 3]),
    Example(
      testDescription: "transformer of pictures", architecture: transformer { $0.input = .image },
      shape: [32, 32, 3]),
    Example(
      testDescription: "transformer of pictures with a class token and dropout",
      architecture: transformer {
        ($0.input, $0.pooling, $0.dropout) = (.image, .classToken, 0.1)
      }, shape: [32, 32, 3]),
    Example(
      testDescription: "transformer of texts",
      architecture: transformer { ($0.input, $0.vocabulary) = (.text, 50) }, shape: [40]),
    Example(
      testDescription: "transformer of texts in BERT's form",
      architecture: transformer {
        ($0.input, $0.vocabulary, $0.dropout) = (.text, 50, 0.1)
        ($0.norm, $0.embeddingNorm) = (.post, true)
      }, shape: [40]),
    Example(
      testDescription: "bag of words",
      architecture: bag { ($0.vocabulary, $0.longestGram, $0.buckets) = (50, 2, 40) }, shape: [40]),
  ]

  @Test(arguments: examples, [GradientMemory.whole, .shared])
  func `a plan says what a training step takes`(_ example: Example, gradients: GradientMemory)
    throws
  {
    _ = try planned(example, gradients, .nothing)
  }

  @Test(arguments: examples)
  func `what does not move takes less, and the plan says how much`(_ example: Example) throws {
    let freezes: [EncoderTraining.Freeze] = [
      .nothing, .embeddings, .blocks(1), .blocks(2), .all,
    ]
    var last = Int.max
    for freeze in freezes {
      switch example.architecture {
      case .mlp where freeze == .blocks(2): continue
      case .bagOfWords where freeze == .blocks(1) || freeze == .blocks(2): continue
      default: break
      }
      let byteCount = try planned(example, .whole, freeze)
      #expect(byteCount <= last, "\(freeze)")
      last = byteCount
    }
    #expect(try last < planned(example, .whole, .nothing))
  }

  /// What training takes, as planned, which is what it takes.
  private func planned(
    _ example: Example, _ gradients: GradientMemory, _ freeze: EncoderTraining.Freeze
  ) throws -> Int {
    let capacity = 5
    var training = EncoderTraining()
    training.freeze = freeze
    var byteCount = 0
    func encoder(in plan: MemoryPlan) throws -> Encoder {
      try plan.counting {
        var generator = SeededGenerator(seed: 1, stream: "weights")
        return try example.architecture.makeEncoder(
          inputShape: example.shape, features: 10, capacity: capacity, gradients: gradients,
          training: training, generator: &generator)
      }
    }
    for threads in [1, 3] {
      try Threads.with(count: threads) {
        let (plan, taken) = (MemoryPlan(), MemoryPlan(isCarriedOut: true))
        let planned = try encoder(in: plan)
        plan.counting { planned.reserve(capacity) }

        let real = try encoder(in: taken)
        let input = Tensor(example.shape, capacity: capacity)
        // No text is shorter than it may be.
        input.storage.update(repeating: 1)
        let gradient = Tensor([10], capacity: capacity)
        taken.counting {
          for _ in 0..<2 {
            _ = real.forward(input, mode: .training)
            real.backward(gradient)
            _ = real.forward(input, mode: .evaluation)
          }
        }
        #expect(plan.byteCount == taken.byteCount, "\(freeze)")
        byteCount = plan.byteCount
        withExtendedLifetime((planned, real)) {}
      }
    }
    return byteCount
  }

  @Test func `what is given back does not count, and other threads do not`() {
    let plan = MemoryPlan()
    plan.counting {
      let kept = Buffer<Float>(16 << 40)
      do { _ = Tensor([1000], capacity: 10) }
      #expect(plan.byteCount == 64 << 40)
      kept.update(repeating: 1)
      #expect(kept.isPlanned)
    }
    #expect(plan.byteCount == 0)
    #expect(!Buffer<Float>(1).isPlanned)
  }

  @Test func `the number of parameters takes no memory`() throws {
    var options = MLPOptions()
    options.hidden = [40_000, 40_000]
    let huge = try EncoderArchitecture.mlp(options).parameterCounts(
      inputShape: [40_000], features: 8)
    #expect(huge[1] == 40_000 * 40_001)
  }
}
