import Exchange
import Measuring
import Networks
import Tensors
import Worker

/// What it costs replicas of ResNet-18 to sum their gradients and step together: beside the steps that each of
/// them would take alone.
func replicas(_ bench: Bench) throws {
  let subject = try ReplicaSubject(bench)
  try subject.compareSteps(rounds: 15)
  try subject.comparePasses(rounds: bench.numbers.dropFirst().first ?? 5)
}

/// The same over a network whose links carry so many megabits a second.
func networkReplicas(_ bench: Bench) throws {
  let subject = try ReplicaSubject(bench)
  try subject.compareWithWire(bitsPerSecond: Double(bench.numbers.dropFirst().first ?? 1000) * 1e6)
}

/// Two networks: one that all ranks train together, and one that a rank trains alone.
private final class ReplicaSubject {
  private let bench: Bench
  private let group: ReplicaGroup
  private let together: Encoder
  private let alone: Encoder
  private let step: ReplicaStep
  private let own: Optimizer
  private let input: Tensor
  private let featureGradient: Tensor
  private let rate = 1e-3

  /// The images of each rank.
  private static let count = 8
  private static let shape: Shape = [224, 224, 3]
  private static let features = 512

  init(_ bench: Bench) throws {
    self.bench = bench
    let options = OptimizerOptions()
    func encoder(_ memory: ParameterMemory) throws -> Encoder {
      var generator = SeededGenerator(seed: 1, stream: "encoder")
      return try EncoderArchitecture.resnet18(ResNetOptions()).makeEncoder(
        inputShape: Self.shape, features: Self.features, capacity: Self.count, gradients: .whole,
        memory: memory, generator: &generator)
    }
    group = try ReplicaGroup(Array(0..<bench.world.size), endpoint: bench.endpoint)
    let planned = try MemoryPlan().counting { try encoder(.own) }
    let memory = try ReplicaMemory(group, like: planned.store, options: options)
    together = try encoder(memory.parameters)
    alone = try encoder(.own)
    step = try ReplicaStep(
      group, memory, store: together.store,
      optimizer: Optimizer(options, for: together.store, memory: memory.parameters))
    own = Optimizer(options, for: alone.store)
    input = Tensor(Self.shape, capacity: Self.count)
    featureGradient = Tensor([Self.features], capacity: Self.count)
    var generator = SeededGenerator(seed: UInt64(bench.rank), stream: "samples")
    for place in 0..<Self.count {
      generator.fill(input.buffer(of: place), deviation: 1)
      generator.fill(featureGradient.buffer(of: place), deviation: 1e-3)
    }
    guard bench.rank == 0 else { return }
    let grid = memory.grid
    print(
      "  ResNet-18, \(together.store.count) floats, \(Self.count) images of 224 x 224 a rank; "
        + "\(grid.nodeCount) nodes x \(grid.localCount)" + (group.notice.map { "; \($0)" } ?? ""))
  }

  /// What all ranks do that they begin together takes.
  private struct Taken {
    /// Seconds of the slowest.
    var seconds: Double
    /// Seconds of processor time of all.
    var processor: Double
  }

  private func time(_ body: () throws -> Void) throws -> Taken {
    try group.meet(for: "a measurement")
    let (began, used) = (now(), processorTime())
    try body()
    let all = try group.exchange([now() - began, processorTime() - used])
    return Taken(
      seconds: all.map { $0[0] }.max() ?? 0, processor: all.reduce(0) { $0 + $1[1] })
  }

  private func takeStep() throws {
    try step.begin(learningRate: rate)
    for layer in Array(together.store.movingLayers).reversed() { try step.complete(layer) }
    _ = try step.finish()
    try step.settle()
  }

  /// Sum and step of all gradients against each rank's own step, both of which all ranks do at a time.
  func compareSteps(rounds: Int) throws {
    try takeStep()
    own.step(learningRate: rate)
    var (sums, steps) = ([Taken](), [Taken]())
    for _ in 0..<rounds {
      steps.append(try time { own.step(learningRate: rate) })
      sums.append(try time { try takeStep() })
    }
    guard bench.rank == 0 else { return }
    func ratios(_ part: KeyPath<Taken, Double>) -> String {
      spread(zip(sums, steps).map { $0[keyPath: part] / $1[keyPath: part] }, 2)
    }
    printTable(
      [
        "sum and step together", "each rank's own step", "ratio (bar: at most 1)",
        "of processor time",
      ],
      [
        [
          milliseconds(sums), milliseconds(steps), ratios(\.seconds), ratios(\.processor),
        ]
      ])
  }

  private func pass(_ encoder: Encoder, _ use: (Range<Int>) throws -> Void) throws {
    _ = encoder.forward(input, mode: .training)
    try bench.endpoint.working {
      try encoder.backward(featureGradient, then: use)
    }
  }

  private func passTogether() throws {
    try step.begin(learningRate: rate)
    try pass(together) { try step.complete($0) }
    _ = try step.finish()
    try step.settle()
  }

  private func passAlone() throws {
    own.begin()
    try pass(alone) { own.move($0, learningRate: rate) }
  }

  /// Training steps together against steps alone, each of all ranks at a time.
  func comparePasses(rounds: Int) throws {
    try passTogether()
    try passAlone()
    var (many, one) = ([Taken](), [Taken]())
    for _ in 0..<rounds {
      one.append(try time { try passAlone() })
      many.append(try time { try passTogether() })
    }
    guard bench.rank == 0 else { return }
    func exposed(_ part: KeyPath<Taken, Double>) -> String {
      spread(zip(many, one).map { ($0[keyPath: part] / $1[keyPath: part] - 1) * 100 }, 2)
    }
    printTable(
      ["training step together", "alone", "exposed, % (bar: below 1)", "of processor time, %"],
      [[milliseconds(many), milliseconds(one), exposed(\.seconds), exposed(\.processor)]])
  }

  /// The exchange by itself and behind a backward pass, against what the wire can carry.
  func compareWithWire(bitsPerSecond: Double) throws {
    let nodes = Double(group.grid.nodeCount)
    let bound =
      2 * (nodes - 1) / nodes * Double(4 * together.store.moving.count * 8) / bitsPerSecond
    try takeStep()
    let bare = try (0..<7).map { _ in try time { try takeStep() }.seconds }
    try passAlone()
    try passTogether()
    var (many, one, backward) = ([Taken](), [Taken](), [Double]())
    for _ in 0..<5 {
      let forward = try time { _ = alone.forward(input, mode: .training) }.seconds
      one.append(try time { try passAlone() })
      many.append(try time { try passTogether() })
      backward.append(one[one.count - 1].seconds - forward)
    }
    guard bench.rank == 0 else { return }
    func exposed(_ part: KeyPath<Taken, Double>) -> [Double] {
      zip(many, one).map { $0[keyPath: part] - $1[keyPath: part] }
    }
    printTable(
      ["exchange and step", "wire's bound", "of the bound (bar: at least 0.85)"],
      [
        [
          Times(bare).milliseconds, "\(decimals(bound * 1e3, 1)) ms",
          spread(bare.map { bound / $0 }, 2),
        ]
      ])
    // What a backward pass is too short to hide may stay, and a tenth.
    let bar = max(0, 1 - Times(backward).median / bound) + 0.1
    printTable(
      [
        "training step together", "alone", "exposed",
        "of the bound (bar: at most \(decimals(bar, 2)))", "more processor time of all ranks",
      ],
      [
        [
          milliseconds(many), milliseconds(one), Times(exposed(\.seconds)).milliseconds,
          spread(exposed(\.seconds).map { $0 / bound }, 2),
          Times(exposed(\.processor)).milliseconds,
        ]
      ])
  }

  private func milliseconds(_ taken: [Taken]) -> String {
    Times(taken.map(\.seconds)).milliseconds
  }

  private func spread(_ values: [Double], _ digits: Int) -> String {
    let times = Times(values)
    return "\(decimals(times.median, digits)) (\(decimals(times.quantile(0), digits))-"
      + "\(decimals(times.quantile(1), digits)))"
  }
}
