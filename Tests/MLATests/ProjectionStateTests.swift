import Tensors
import TestSupport
import Testing

@testable import MLA

/// Head gradient modification goes on, bit for bit, where another one stopped.
@Suite struct ProjectionStateTests {
  /// A choice of options, by name.
  struct Choice: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var change: @Sendable (inout HeadGradientModification) -> Void
  }

  /// Every option away from its default, alone and with those that it works on.
  static let choices: [Choice] = [
    Choice(testDescription: "defaults") { _ in },
    Choice(testDescription: "off") { $0.isEnabled = false },
    Choice(testDescription: "absorb first") { $0.order = .absorbFirst },
    Choice(testDescription: "memory of others") { $0.memory = .others },
    Choice(testDescription: "lambda by epoch") { $0.lambdaSchedule = .epochPower },
    Choice(testDescription: "no leak") { $0.forget = 0 },
    Choice(testDescription: "much leak") { $0.forget = 0.3 },
    Choice(testDescription: "frobenius") { $0.normalisation = .frobenius },
    Choice(testDescription: "trace") { $0.normalisation = .trace },
    Choice(testDescription: "reset by epoch") { $0.reset = .epoch },
    Choice(testDescription: "reset by cycle") { $0.reset = .cycle },
    Choice(testDescription: "bias") { $0.includesBias = true },
    Choice(testDescription: "outer") { $0.formula = .outer },
    Choice(testDescription: "add") { $0.combination = .add },
    Choice(testDescription: "plain first step") { $0.firstStep = .plain },
    Choice(testDescription: "outer, others, bias, trace, reset by cycle") {
      ($0.formula, $0.memory, $0.includesBias) = (.outer, .others, true)
      ($0.normalisation, $0.reset) = (.trace, .cycle)
    },
    Choice(testDescription: "others, bias, frobenius, reset by epoch") {
      ($0.memory, $0.includesBias) = (.others, true)
      ($0.normalisation, $0.reset) = (.frobenius, .epoch)
    },
  ]

  /// A head that takes turns whose gradients and features its number alone decides.
  struct Run {
    static let (featureCount, classCount, modalityCount) = (11, 3, 2)
    let options: HeadGradientModification
    let head: HeadProjection

    init(_ options: HeadGradientModification) {
      self.options = options
      head = HeadProjection(
        options, featureCount: Self.featureCount, classCount: Self.classCount,
        modalityCount: Self.modalityCount)
    }

    /// The bits that a turn's projection gives: the historical formula may end in NaN.
    @discardableResult
    func take(_ index: Int) -> [UInt32] {
      var generator = SeededGenerator(seed: 5, stream: "turn/\(index)")
      let cycle = index / Self.modalityCount
      let turn = Turn(
        index: index, epoch: cycle / 4, cycle: cycle, cycleInEpoch: cycle % 4, cyclesPerEpoch: 4,
        modality: index % Self.modalityCount)
      // A feature of zeros teaches nothing, and is counted.
      let mean = Buffer(
        index % 5 == 4
          ? [Double](repeating: 0, count: Self.featureCount)
          : features(Self.featureCount, from: &generator))
      let weight = Buffer(
        (0..<Self.classCount * Self.featureCount).map { _ in Float(generator.normal()) })
      let bias = Buffer((0..<Self.classCount).map { _ in Float(generator.normal()) })
      head.beginTurn(turn)
      guard head.isActive(forStep: index) else { return [] }
      if options.order == .absorbFirst { head.absorb(meanFeature: mean, turn: turn) }
      head.project(
        weight: weight, bias: bias, modality: turn.modality, intoWeight: weight, intoBias: bias)
      if options.order == .projectFirst { head.absorb(meanFeature: mean, turn: turn) }
      return (weight.array + bias.array).map(\.bitPattern)
    }

    /// The bits of everything that can be seen of the projectors.
    var picture: [UInt64] {
      (head.norms + head.matrices.flatMap(\.self)).map(\.bitPattern)
        + [UInt64(head.skippedAbsorptions)]
    }
  }

  /// Whether a run that takes over after `turns` goes on as the one that it was taken from.
  func goesOn(
    _ choice: Choice, after turns: Int, leavingOut omitted: String? = nil, used: Int = 0
  ) -> Bool {
    var options = HeadGradientModification()
    options.lambda = 0.7
    choice.change(&options)
    let (run, copy) = (Run(options), Run(options))
    for index in 0..<turns { run.take(index) }
    for index in 0..<used { copy.take(100 + index) }
    let states = run.head.state.filter { omitted.map($0.name.hasSuffix) != true }
    copy.head.state.restore(states)
    return run.picture == copy.picture
      && (turns..<turns + 10).allSatisfy { run.take($0) == copy.take($0) }
      && run.picture == copy.picture
      && run.head.state.map(\.content) == copy.head.state.map(\.content)
  }

  // Four features make 11 a matrix: turn 3 is still a sum of products, turn 6 no more.
  @Test(arguments: choices, [0, 1, 3, 6, 7, 8, 9])
  func `restored, it goes on bit for bit`(choice: Choice, turns: Int) {
    #expect(goesOn(choice, after: turns))
  }

  @Test(arguments: choices, [0, 3, 9])
  func `restored over another form, it goes on bit for bit`(choice: Choice, turns: Int) {
    for used in [1, 3, 12] { #expect(goesOn(choice, after: turns, used: used), "after \(used)") }
  }

  @Test(arguments: [
    ("form", 3, 0), ("form", 9, 0), ("scalars", 3, 0), ("scalars", 9, 0), ("factors", 3, 0),
    ("coefficients", 3, 0), ("matrix", 9, 0), ("progress", 4, 10), ("progress", 9, 0),
  ])
  func `nothing of it can be left out`(name: String, turns: Int, choice: Int) {
    let choice = Self.choices[choice]
    #expect(goesOn(choice, after: turns))
    #expect(!goesOn(choice, after: turns, leavingOut: name), "\(choice.testDescription)")
  }

  @Test func `the list has names and shapes, of what is in use alone`() {
    let run = Run(HeadGradientModification())
    run.take(0)
    run.take(1)
    func shapes() -> [String] { run.head.state.map { "\($0.name): \($0.shape.dimensions)" } }
    let names = ["form", "scalars", "factors", "coefficients", "matrix"]
    func list(_ shapes: [[Int]]) -> [String] {
      zip(names, shapes).map { "projector0.\($0): \($1)" } + ["progress: [3]"]
    }
    #expect(shapes() == list([[3], [4], [2, 11], [2], [0, 11]]))
    for index in 2..<9 { run.take(index) }
    #expect(shapes() == list([[3], [4], [0, 11], [0], [11, 11]]))
  }

  @Test func `a projector takes what one of its size can have, and no other`() throws {
    let states = GradientProjector(size: 8, largestRank: 3).state
    let shapes: [String: [(Shape, Bool)]] = [
      "form": [([3], true), ([2], false)],
      "scalars": [([4], true), ([5], false)],
      "factors": [
        ([0, 8], true), ([3, 8], true), ([4, 8], false), ([3, 7], false), ([24], false),
      ],
      "coefficients": [([0], true), ([3], true), ([4], false), ([1, 1], false)],
      "matrix": [([0, 8], true), ([8, 8], true), ([8], false), ([7, 8], false)],
    ]
    for state in states {
      for (shape, accepts) in try #require(shapes[state.name]) {
        #expect(state.accepts(shape) == accepts, "\(state.name) \(shape)")
      }
    }
    #expect(states.count == shapes.count)
  }
}

extension NamedState {
  /// Name, shape and the bits of every value.
  fileprivate var content: String {
    let bits = withBytes { bytes in
      bytes.byteOffsets.map { bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
    }
    return "\(name) \(shape) \(bits)"
  }
}

extension [NamedState] {
  /// Takes the values of the same names, in the order of this list.
  fileprivate func restore(_ states: [NamedState]) {
    let found = Dictionary(uniqueKeysWithValues: states.map { ($0.name, $0) })
    #expect(allSatisfy { own in found[own.name].map { own.accepts($0.shape) } ?? true })
    for own in self {
      guard let other = found[own.name] else { continue }
      own.restore(from: other)
    }
  }
}
