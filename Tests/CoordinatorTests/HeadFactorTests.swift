import Methods
import Networks
import Tensors
import TestSupport
import Testing

@testable import Coordinator
@testable import MLA

/// Updates that come as factors move the head as their products do.
@Suite struct HeadFactorTests {
  static let (classes, width, samples, modalities) = (5, 6, 4, 3)

  struct Options: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var change: @Sendable (inout HeadGradientModification) -> Void = { _ in }
    var steps: @Sendable (inout OptimizerOptions) -> Void = { _ in }
  }

  static let options = [
    Options(testDescription: "default"),
    Options(testDescription: "off", change: { $0.isEnabled = false }),
    Options(testDescription: "absorb first", change: { $0.order = .absorbFirst }),
    Options(testDescription: "others", change: { $0.memory = .others }),
    Options(
      testDescription: "others, absorb first, with bias",
      change: {
        $0.memory = .others
        $0.order = .absorbFirst
        $0.includesBias = true
      }),
    Options(
      testDescription: "bias, added, leaking",
      change: {
        $0.includesBias = true
        $0.combination = .add
        $0.forget = 0.2
      }),
    Options(testDescription: "Frobenius", change: { $0.normalisation = .frobenius }),
    Options(
      testDescription: "trace, epoch power, plain first step",
      change: {
        $0.normalisation = .trace
        $0.lambdaSchedule = .epochPower
        $0.firstStep = .plain
      }),
    Options(testDescription: "reset by cycle", change: { $0.reset = .cycle }),
    Options(testDescription: "reset by epoch", change: { $0.reset = .epoch }),
    Options(testDescription: "clipped", steps: { $0.clipNorm = 0.5 }),
    Options(testDescription: "Nesterov", steps: { $0.isNesterov = true }),
    Options(
      testDescription: "Adam",
      steps: {
        $0.kind = .adam
        $0.learningRate = 1e-3
      }),
  ]

  private static func shared(_ options: Options, factors: Bool) -> SharedHead {
    var generator = SeededGenerator(seed: 3, stream: "head")
    let head = Head(classCount: classes, featureCount: width, generator: &generator)
    var modification = HeadGradientModification()
    options.change(&modification)
    var optimizer = OptimizerOptions()
    options.steps(&optimizer)
    return SharedHead(
      head, modalityCount: modalities, options: modification, optimizer: optimizer,
      factorBatchSize: factors ? samples : nil)
  }

  /// 2 epochs of 3 cycles; modality 1 has no samples in every second one, and short mini-batches.
  private static let turns = (0..<18).map { index in
    Turn(
      index: index, epoch: index / 9, cycle: index / 3, cycleInEpoch: index / 3 % 3,
      cyclesPerEpoch: 3, modality: [2, 1, 0][index % 3])
  }
  private static func count(_ turn: Turn) -> Int {
    turn.modality == 1 ? (turn.cycle % 2 == 1 ? 0 : 2) : samples
  }

  /// The factors of a turn: features with a mean, and a gradient.
  private static func draw(_ turn: Turn) -> (features: [Float], gradient: [Float]) {
    var generator = SeededGenerator(seed: 4, stream: "turn/\(turn.index)")
    let n = count(turn)
    return (
      (0..<n * width).map { _ in Float(generator.normal() + 0.7) },
      (0..<n * classes).map { _ in Float(generator.normal() / 4) }
    )
  }

  private static func fill(_ tensor: Tensor, _ values: [Float]) {
    tensor.count = values.count / tensor.stride
    tensor.held.update(from: values)
  }

  /// All turns by gradients that are formed here.
  private static func byGradients(_ options: Options) -> SharedHead {
    let shared = shared(options, factors: false)
    for turn in turns {
      shared.begin(turn)
      guard count(turn) > 0 else { continue }
      let (features, gradient) = draw(turn)
      let (h, d) = (Tensor([width], features), Tensor([classes], gradient))
      MeanFeature.compute(h, into: shared.update.meanFeature)
      shared.head.gradient(logitGradient: d, features: h)
      shared.apply(turn, learningRate: 0.05)
      shared.settle()
    }
    return shared
  }

  /// All turns by factors, in the order of `AlternatingService`; `ahead` says whether the features of a turn
  /// are there while the one before it is under way.
  private static func byFactors(
    _ options: Options, ahead: (Turn) -> Bool, look: (SharedHead, Turn) -> Void = { _, _ in }
  ) throws -> SharedHead {
    let shared = shared(options, factors: true)
    let factors = try #require(shared.factors)
    func prepare(_ turn: Turn) {
      guard !factors.has(turn) else { return }
      fill(factors[turn].features, draw(turn).features)
      shared.prepare(turn)
    }
    var last: Turn?
    for (place, turn) in turns.enumerated() {
      let isEmpty = count(turn) == 0
      if !isEmpty, let last, shared.canPrepare(turn, ahead: last) { prepare(turn) }
      shared.settle()
      shared.begin(turn)
      if !isEmpty { prepare(turn) }
      let next = turns[(place + 1)...].first { count($0) > 0 }
      if let next, shared.canPrepare(next, ahead: turn), ahead(next) { prepare(next) }
      if !isEmpty {
        fill(factors[turn].logitGradient, draw(turn).gradient)
        shared.apply(turn, learningRate: 0.05)
        look(shared, turn)
      }
      last = turn
    }
    shared.settle()
    return shared
  }

  @Test(arguments: options)
  func `factors give what gradients give`(options: Options) throws {
    let expected = Self.byGradients(options)
    let found = try Self.byFactors(options) { _ in true }
    expectClose(found.head.store.values.array, expected.head.store.values.array, relative: 2e-6)
    expectClose(found.velocity.array, expected.velocity.array, relative: 2e-6)
    for (found, expected) in zip(
      found.projection?.matrices ?? [], expected.projection?.matrices ?? [])
    {
      expectClose(found, expected, relative: 1e-12)
    }
    #expect(found.stepCount == expected.stepCount && found.stepCount == 15)
  }

  @Test(arguments: options)
  func `no bit depends on when features come`(options: Options) throws {
    let early = try Self.byFactors(options) { _ in true }
    let late = try Self.byFactors(options) { _ in false }
    let mixed = try Self.byFactors(options) { $0.index % 2 == 0 }
    #expect(early.head.store.values.array == late.head.store.values.array)
    #expect(early.head.store.values.array == mixed.head.store.values.array)
    #expect(early.projection?.matrices == late.projection?.matrices)
  }

  @Test func `the norm of a gradient is known from its factors`() throws {
    var looked = 0
    _ = try Self.byFactors(Self.options[0], ahead: { _ in true }) { shared, turn in
      let norm = shared.unprojectedWeightNorm
      let (features, gradient) = Self.draw(turn)
      var squares = 0.0
      for k in 0..<Self.classes {
        for d in 0..<Self.width {
          let entry = (0..<Self.count(turn)).reduce(0.0) {
            $0 + Double(gradient[$1 * Self.classes + k]) * Double(features[$1 * Self.width + d])
          }
          squares += entry * entry
        }
      }
      expectClose([norm], [squares.squareRoot()], relative: 1e-5)
      expectClose([BLAS.norm(shared.unprojectedWeightStep)], [norm], relative: 1e-5)
      looked += 1
    }
    #expect(looked == 15)
  }

  @Test func `features of a turn that is left out are forgotten`() throws {
    let shared = Self.shared(Self.options[0], factors: true)
    let factors = try #require(shared.factors)
    let turn = Self.turns[0]
    Self.fill(factors[turn].features, Self.draw(turn).features)
    shared.prepare(turn)
    #expect(factors.has(turn))
    factors.drop(turn)
    #expect(!factors.has(turn))
  }

  @Test func `only turns of one cycle are prepared ahead, and only where P is not taught first`() {
    let shared = Self.shared(Self.options[0], factors: true)
    #expect(shared.canPrepare(Self.turns[1], ahead: Self.turns[0]))
    #expect(!shared.canPrepare(Self.turns[3], ahead: Self.turns[2]))
    let first = Self.shared(Self.options[2], factors: true)
    #expect(!first.canPrepare(Self.turns[1], ahead: Self.turns[0]))
  }

  @Test func `factors pay where their bytes and their work are less`() {
    func pays(_ n: Int, _ d: Int, _ k: Int) -> Bool {
      HeadUpdateForm.factorsPay(classCount: k, featureCount: d, sampleCount: n)
    }
    #expect(pays(64, 2048, 1000) && pays(64, 512, 101) && pays(16, 512, 101))
    #expect(!pays(64, 512, 6) && !pays(1000, 2048, 1000))
    // 90 (101 + 512) is more than 101 x 512.
    #expect(!pays(90, 512, 101) && pays(84, 512, 101))
  }
}
