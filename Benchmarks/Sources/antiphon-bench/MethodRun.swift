import Configuration
import Coordinator
import Datasets
import Exchange
import MLA
import Measuring
import Methods
import Networks
import Storage
import Synchronization
import Tensors
import Worker

/// A training by one method on made-up data: both sides as a run has them, without the life of a run.
struct MethodRun: Sendable {
  /// The method, the modalities, the sizes of head and mini-batch.
  var configuration: RunConfiguration
  /// The axes of a sample of each modality.
  var shapes: [Shape]
  var cyclesPerEpoch: Int
  /// The epochs that are measured.
  var epochs = 1
  /// The cycles before them.
  var warmUp = 2
  /// How the encoder of a modality is made; nil: as the configuration says.
  var makeEncoder: Workload.EncoderMaker?

  /// What came of it, on rank 0.
  struct Outcome: Sendable {
    /// Seconds of a cycle, the mean of each measured epoch.
    var cycles: [Double] = []
    /// One hash over all weights: equal exactly when all of them are.
    var digest = ""

    /// The middle one.
    var cycle: Double { Times(cycles).median }
  }

  private var modalityCount: Int { configuration.modalities.count }
  private var sampleCount: Int { cyclesPerEpoch * configuration.batchSize }

  private func source(_ modality: Int, shape: Shape) -> DrawnSource {
    DrawnSource(
      count: sampleCount, shape: shape, classCount: configuration.classes.count,
      modality: modality)
  }

  private var roster: Roster {
    let rows = (0..<sampleCount).map { Int32($0) }
    return Roster(
      sampleCount: sampleCount, rows: Array(repeating: rows, count: modalityCount))
  }

  /// The first mini-batch is held out, too: for methods that look at what is.
  private var rosters: Rosters {
    let heldOut = roster.rows.map { Array($0.prefix(configuration.batchSize)) }
    return Rosters(
      train: roster, validation: Roster(sampleCount: configuration.batchSize, rows: heldOut),
      test: Roster(sampleCount: 0, rows: []))
  }

  /// Takes part as rank `endpoint.worldRank`; ranks above the modalities' have nothing to do.
  ///
  /// - Parameter clock: what seconds are taken from.
  func run(over endpoint: Endpoint, clock: () -> Double = now) throws -> Outcome? {
    if endpoint.worldRank == 0 { return try conduct(over: endpoint, clock) }
    if endpoint.worldRank <= modalityCount { try work(endpoint.worldRank - 1, over: endpoint) }
    return nil
  }

  /// The same in this process alone, in seconds of processor time: what others do on the machine counts less.
  func runInOneProcess() throws -> Outcome {
    let outcome = Mutex<Outcome?>(nil)
    try OneProcess.run(ranks: modalityCount + 1, deadline: .seconds(300)) { endpoint in
      if let result = try run(over: endpoint, clock: processorTime) {
        outcome.withLock { $0 = result }
      }
    }
    guard let result = outcome.withLock({ $0 }) else { throw BenchmarkError("no outcome") }
    return result
  }

  /// Trains some cycles, then the measured epochs; calls `epochEnded` before and after each of them.
  private func train(
    _ train: (EpochPlan) throws -> Void, epochEnded: () throws -> Void
  ) throws {
    let plan = TrainingPlan(configuration, roster: roster)
    try train(plan.epoch(0).part(0..<min(warmUp, cyclesPerEpoch)))
    try epochEnded()
    for epoch in 1...epochs {
      try train(plan.epoch(epoch))
      try epochEnded()
    }
  }

  private func conduct(over endpoint: Endpoint, _ clock: () -> Double) throws -> Outcome {
    let labels = source(0, shape: [1]).labels.map { Int32($0) }
    var rank = CoordinatorRank(
      configuration: configuration, endpoint: endpoint, leaders: Array(1...modalityCount),
      trainLabels: labels)
    rank.rosters = rosters
    rank.validationLabels = Array(labels.prefix(configuration.batchSize))
    guard let side = configuration.method.method as? any CoordinatorSide else {
      throw BenchmarkError("\(configuration.method.kind) has no coordinator")
    }
    let method = side.coordinator(of: rank)
    // The projector is a matrix from the beginning: what a long run sees.
    method.reserve(epochs: 1, turnsPerEpoch: 1 << 30)
    let losses = configuration.method.lossNames(of: configuration.modalities.map(\.name))
    var totals = losses.map { _ in TrainingTotals() }
    var ends: [Double] = []
    try train {
      try method.train($0, adding: &totals)
    } epochEnded: {
      _ = method.finishEpoch()
      // Workers of separate models are ahead, those of a joint one have a backward pass to go.
      let workers = 1...modalityCount
      for worker in workers { try endpoint.receive(.ready, from: worker) { _ in } }
      ends.append(clock())
      for worker in workers { try endpoint.send(endpoint.frame(.ready), to: worker) }
    }
    var outcome = Outcome()
    outcome.cycles = zip(ends, ends.dropFirst()).map { ($1 - $0) / Double(cyclesPerEpoch) }
    outcome.digest = try WeightsDigest.hex(of: method.weights)
    for modality in 0..<modalityCount {
      outcome.digest += try endpoint.receive(WorkerReport(), from: modality + 1).weightsDigest
    }
    let found = totals.compactMap(\.loss)
    try check(
      !found.isEmpty && found.allSatisfy(\.isFinite),
      "the losses of \(configuration.method.kind) are \(found)")
    return outcome
  }

  private func work(_ modality: Int, over endpoint: Endpoint) throws {
    let own = configuration.modalities[modality]
    // An input of zeros may ride along.
    let capacity = configuration.batchSize + (configuration.method.demands.ridesZero ? 1 : 0)
    var generator = SeededGenerator(seed: 0, stream: "encoder/\(modality)")
    let encoder: Encoder
    if let makeEncoder {
      encoder = try makeEncoder(modality, capacity, &generator)
    } else {
      encoder = try own.encoder.makeEncoder(
        inputShape: shapes[modality], features: configuration.features, capacity: capacity,
        gradients: configuration.gradientMemory(of: own), generator: &generator)
    }
    let learner = ModalityLearner(
      encoder: encoder, source: source(modality, shape: shapes[modality]),
      classCount: configuration.classes.count, capacity: capacity,
      options: configuration.scheduled(own.optimizer))
    guard let side = configuration.method.method as? any WorkerSide else {
      throw BenchmarkError("\(configuration.method.kind) has no worker")
    }
    let method = side.worker(
      on: WorkerRank(
        configuration: configuration, modality: modality, learner: learner, batchSize: capacity,
        endpoint: endpoint, rosters: rosters))
    try train {
      try method.train($0)
    } epochEnded: {
      try endpoint.send(endpoint.frame(.ready), to: 0)
      try endpoint.receive(.ready, from: 0) { _ in }
    }
    var report = WorkerReport()
    report.weightsDigest = try WeightsDigest.hex(of: learner.encoder.weights + method.weights)
    try endpoint.send(report, to: 0)
  }
}
