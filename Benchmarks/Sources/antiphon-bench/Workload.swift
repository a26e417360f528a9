import Coordinator
import Datasets
import Exchange
import MLA
import Measuring
import Networks
import Storage
import Synchronization
import Tensors
import Worker

/// An alternating training on made-up data: what is trained, and for how long.
struct Workload: Sendable {
  /// How the encoder of a modality is made, for batches of so many samples.
  typealias EncoderMaker =
    @Sendable (_ modality: Int, _ capacity: Int, inout SeededGenerator) throws -> Encoder

  var modalityCount: Int
  var classCount = 6
  var features = 512
  var batchSize = 64
  var cyclesPerEpoch: Int
  var epochs = 1
  /// Whether workers send the factors of the head's gradient.
  var sendsFactors = false
  var makeEncoder: EncoderMaker

  var plan: TrainingPlan {
    let samples = batchSize * cyclesPerEpoch
    let rows = Array(0..<Int32(samples))
    return TrainingPlan(
      roster: Roster(
        sampleCount: samples, rows: Array(repeating: rows, count: modalityCount)),
      sampling: .shared, batchSize: batchSize, order: Array(0..<modalityCount), seed: 0)
  }

  var optimizer: OptimizerOptions {
    var options = OptimizerOptions()
    options.learningRate = 1e-3
    return options
  }

  /// Head gradient modification as it is by default, with a projector that is a matrix from the beginning: what
  /// a long run sees.
  func makeHead() -> SharedHead {
    var generator = SeededGenerator(seed: 0, stream: "head")
    let head = Head(classCount: classCount, featureCount: features, generator: &generator)
    let shared = SharedHead(
      head, modalityCount: modalityCount, options: .init(), optimizer: optimizer,
      factorBatchSize: sendsFactors ? batchSize : nil)
    shared.projection?.reserve(
      epochs: 1, turnsPerEpoch: 1 << 30, projectsGradients: !sendsFactors)
    return shared
  }

  func makeLearner(_ modality: Int) throws -> ModalityLearner {
    var generator = SeededGenerator(seed: 0, stream: "encoder/\(modality)")
    let encoder = try makeEncoder(modality, batchSize, &generator)
    return ModalityLearner(
      encoder: encoder,
      source: DrawnSource(
        count: batchSize * cyclesPerEpoch, shape: encoder.inputShape, classCount: classCount,
        modality: modality),
      classCount: classCount, capacity: batchSize, options: optimizer)
  }
}

/// What came of a workload.
struct Outcome: Sendable {
  /// Seconds of each cycle but the first, an epoch after the other.
  var cycles: [Double] = []
  /// Seconds from the update of the first modality of each cycle to that of the second.
  var secondTurns: [Double] = []
  /// The mean loss of the first and of the last cycle.
  var losses: (first: Double, last: Double) = (0, 0)
  /// One hash over head and encoders: equal exactly when all of them are.
  var digest = ""
  /// What waiting cost each rank.
  var waiting: [WaitingRecord] = []
  /// The largest memory of each rank.
  var memory: [Int] = []
}

extension Workload {
  /// Takes part as rank `endpoint.worldRank`; ranks above the modalities' have nothing to do.
  ///
  /// - Returns: the outcome on rank 0.
  func run(over endpoint: Endpoint) throws -> Outcome? {
    if endpoint.worldRank == 0 { return try conduct(over: endpoint) }
    if endpoint.worldRank <= modalityCount {
      try serve(endpoint.worldRank - 1, over: endpoint)
    }
    return nil
  }

  /// The same in this process alone.
  func runInOneProcess() throws -> Outcome {
    let outcome = Mutex<Outcome?>(nil)
    try OneProcess.run(ranks: modalityCount + 1, deadline: .seconds(300)) { endpoint in
      if let result = try run(over: endpoint) { outcome.withLock { $0 = result } }
    }
    guard let result = outcome.withLock({ $0 }) else { throw BenchmarkError("no outcome") }
    return result
  }

  /// The coordinator's part.
  private func conduct(over endpoint: Endpoint) throws -> Outcome {
    var outcome = Outcome()
    var (cycleBegan, updateCame, loss) = (0.0, 0.0, 0.0)
    let head = makeHead()
    let service = AlternatingService(
      head: head, endpoint: endpoint, leaders: Array(1...modalityCount),
      learningRate: { turn in
        // Asked for as soon as an update is there.
        let came = now()
        if turn.modality == 1 { outcome.secondTurns.append(came - updateCame) }
        updateCame = came
        return optimizer.learningRate(epoch: turn.epoch)
      }
    ) { record in
      loss += (record.totals.loss ?? 0) / Double(modalityCount)
      guard record.turn.modality == modalityCount - 1 else { return }
      let time = now()
      if record.turn.cycle == 0 { outcome.losses.first = loss }
      if cycleBegan > 0 { outcome.cycles.append(time - cycleBegan) }
      outcome.losses.last = loss
      (cycleBegan, loss) = (time, 0)
    }
    endpoint.restartWaiting()
    var totals = Array(repeating: TrainingTotals(), count: modalityCount)
    for epoch in 0..<epochs {
      try service.train(plan.epoch(epoch), adding: &totals)
    }
    outcome.waiting = [endpoint.waiting]
    outcome.memory = [ProcessMemory.peakByteCount]
    var digests = try WeightsDigest.hex(of: head.head.state)
    for modality in 0..<modalityCount {
      let report = try endpoint.receive(WorkerReport(), from: modality + 1)
      outcome.waiting.append(report.waiting)
      outcome.memory.append(report.peakMemoryByteCount)
      digests += report.weightsDigest
    }
    outcome.digest = digests
    try check(outcome.losses.last.isFinite, "the loss is not finite")
    return outcome
  }

  /// A worker's part.
  private func serve(_ modality: Int, over endpoint: Endpoint) throws {
    let learner = try makeLearner(modality)
    let turns = AlternatingTurns(
      learner: learner, modality: modality, batchSize: batchSize, endpoint: endpoint,
      sendsFactors: sendsFactors)
    let plan = plan
    endpoint.restartWaiting()
    for epoch in 0..<epochs { try turns.train(plan.epoch(epoch)) }
    var report = WorkerReport()
    report.waiting = endpoint.waiting
    report.peakMemoryByteCount = ProcessMemory.peakByteCount
    report.weightsDigest = try WeightsDigest.hex(of: learner.encoder.weights)
    try endpoint.send(report, to: 0)
  }
}
