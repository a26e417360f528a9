import Measuring
import Networks
import Tensors

/// Whole training steps in one piece and in shards, which take turns in one process: what the same bits on
/// any number of ranks cost one rank.
struct ShardsBenchmark {
  private let step: TrainingStep
  private let network: ShardedEncoder
  private let own: OwnStep
  private let rounds: Int

  init(_ step: TrainingStep, _ command: Command) throws {
    self.step = step
    rounds = command.steps ?? max(5, step.subject.steps.measured)
    let subject = step.subject
    var options = OptimizerOptions()
    (options.momentum, options.weightDecay) = (0.9, 1e-4)
    network = try ShardedEncoder(Shards(command.shards), capacity: subject.batch) {
      try subject.architecture.makeEncoder(
        inputShape: subject.inputShape, features: subject.features, capacity: $0,
        gradients: options.gradientMemory, memory: $1 ?? .own)
    }
    network.first.store.values.update(from: step.encoder.store.values)
    own = OwnStep(Optimizer(options, for: network.first.store), for: network.first.store)
  }

  /// Prints a line: the fastest step of each, and the median of the ratios of neighbours.
  func run() throws {
    for _ in 0..<step.subject.steps.before { _ = (whole(), try sharded()) }
    let pairs = try (0..<rounds).map { _ in (whole(), try sharded()) }
    let (pieces, parts) = (Times(pairs.map(\.0)), Times(pairs.map(\.1)))
    let ratios = Times(pairs.map { $1 / $0 })
    print(
      "  \(step.subject.rawValue): one piece \(decimals(pieces.fastest * 1e3, 3)) ms, \(network.shards.count)"
        + " shards \(decimals(parts.fastest * 1e3, 3)) ms; shards take"
        + " \(decimals(parts.fastest / pieces.fastest, 3)) of the time (median of \(rounds) pairs:"
        + " \(decimals(ratios.median, 3))), \(Products.current.rawValue), load \(Machine.load)")
  }

  private func whole() -> Double {
    let start = now()
    step()
    return now() - start
  }

  private func sharded() throws -> Double {
    let start = now()
    let features = try network.forward(step.input, of: step.input.count, at: [0])
    _ = step.loss(of: features)
    own.begin(learningRate: 1e-3)
    try network.backward(step.gradient(by: features)) { own.complete($0) }
    precondition(own.finish() == nil, "a gradient is not finite")
    try network.moveStatistics()
    step.optimizeHead()
    return now() - start
  }
}
