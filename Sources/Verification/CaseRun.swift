import Coordinator
import Datasets
import Exchange
import MLA
import Networks
import Tensors
import Worker

/// A case, run by the trainer's own rooms: the same turns, the same messages, on the same ranks.
public enum CaseRun {
  /// Takes this rank's part in a case; ranks that the case has no use for return at once.
  ///
  /// - Parameter sendsFactors: whether workers send the factors of the head's gradient.
  /// - Returns: at the coordinator, every `out.*` array of the run; elsewhere nil.
  public static func run(
    _ oracle: OracleCase, sendsFactors: Bool = false, on endpoint: Endpoint
  ) throws -> [String: [Double]]? {
    let layout = RankLayout(
      ranksPerModality: [Int](repeating: 1, count: oracle.modalityCount))
    guard oracle.isAlternating else {
      let run = RivalRun(oracle: oracle, endpoint: endpoint, leaders: layout.leaders)
      if endpoint.worldRank == RankLayout.coordinator { return try run.coordinate() }
      if let modality = layout.leaders.firstIndex(of: endpoint.worldRank) {
        try run.work(modality)
      }
      return nil
    }
    if endpoint.worldRank == RankLayout.coordinator {
      return try coordinate(
        oracle, sendsFactors: sendsFactors, leaders: layout.leaders, endpoint)
    }
    if let modality = layout.leaders.firstIndex(of: endpoint.worldRank) {
      try work(oracle, sendsFactors: sendsFactors, modality: modality, endpoint)
    }
    return nil
  }

  private static func coordinate(
    _ oracle: OracleCase, sendsFactors: Bool, leaders: [Int], _ endpoint: Endpoint
  ) throws -> [String: [Double]] {
    let head = Head(
      classCount: oracle.classCount, featureCount: oracle.encoders[0].featureCount)
    for (parameter, array) in [(head.weight, "init.head.W"), (head.bias, "init.head.b")] {
      parameter.values.update(from: try oracle.file.array(array).floats())
    }
    let shared = SharedHead(
      head, modalityCount: oracle.modalityCount, options: oracle.hgm, optimizer: oracle.optimizer,
      factorBatchSize: sendsFactors ? oracle.batchSize : nil)
    let recorder = CaseRecorder(storesSteps: oracle.file.names.contains("out.W"))
    let service = AlternatingService(
      head: shared, endpoint: endpoint, leaders: leaders,
      learningRate: {
        oracle.optimizer.learningRate(epoch: $0.epoch) * oracle.headLearningRateScale
      },
      observe: recorder.note)
    let plan = try oracle.plan()
    var totals = Array(repeating: TrainingTotals(), count: oracle.modalityCount)
    for epoch in 0..<oracle.epochs { try service.train(plan.epoch(epoch), adding: &totals) }
    recorder.finish(shared)

    var logits: [[Float]] = []
    for (modality, leader) in leaders.enumerated() {
      try endpoint.send(EvaluatedHead(head.store.values), to: leader)
      logits.append(try endpoint.receive(EvaluatedLogits(), from: leader).values)
      let report = try endpoint.receive(CaseReport(), from: leader)
      for (parameter, arrays) in zip(report.values, report.velocities).enumerated() {
        let (value, velocity) = arrays
        for (name, array) in [("", value), ("velocity.", velocity)] {
          recorder.set(
            "final.\(name)enc\(modality).p\(parameter)",
            oracle.encoders[modality].permuted(array, parameter: parameter, toLast: false)
              .map(Double.init))
        }
      }
    }
    try CaseTest(oracle).record(logits, to: recorder)
    return recorder.arrays
  }

  private static func work(
    _ oracle: OracleCase, sendsFactors: Bool, modality: Int, _ endpoint: Endpoint
  ) throws {
    let spec = oracle.encoders[modality]
    let encoder = try spec.architecture.makeEncoder(
      inputShape: spec.inputShape, features: spec.featureCount, capacity: oracle.batchSize,
      gradients: oracle.optimizer.gradientMemory)
    for (index, parameter) in encoder.store.parameters.enumerated() {
      parameter.values.update(
        from: spec.permuted(
          try oracle.file.array("init.enc\(modality).p\(index)").floats(), parameter: index,
          toLast: true))
    }
    let learner = ModalityLearner(
      encoder: encoder, source: try oracle.source("x", modality: modality),
      classCount: oracle.classCount, capacity: oracle.batchSize, options: oracle.optimizer)
    let turns = AlternatingTurns(
      learner: learner, modality: modality, batchSize: oracle.batchSize, endpoint: endpoint,
      sendsFactors: sendsFactors, driftsWhileInactive: oracle.driftsWhileInactive)
    let plan = try oracle.plan()
    for epoch in 0..<oracle.epochs { try turns.train(plan.epoch(epoch)) }

    try endpoint.receive(EvaluatedHead(turns.head.store.values), from: 0)
    let test = try oracle.source("xt", modality: modality)
    let logits = try learner.logits(
      of: Array(test.labels.indices), from: BatchFeed(copying: test), head: turns.head)
    try endpoint.send(logits, to: 0)
    try endpoint.send(CaseReport(of: learner), to: 0)
    try endpoint.flush()
  }
}

/// Worker to coordinator: every parameter of an encoder with its velocity.
private struct CaseReport: Message {
  static let kind = MessageKind(200, "caseReport")

  var values: [[Float]] = []
  var velocities: [[Float]] = []

  init() {}

  init(of learner: ModalityLearner) {
    var end = 0
    for parameter in learner.encoder.store.parameters {
      let start = end
      end += parameter.shape.elementCount
      values.append(parameter.values.array)
      velocities.append(learner.optimizer.velocity[start..<end].array)
    }
  }

  mutating func layout(_ fields: Fields) throws {
    var count = values.count
    try fields.field(&count)
    if fields.isReading {
      try fields.require(count >= 0)
      (values, velocities) = ([], [])
    }
    for parameter in 0..<count {
      // Nothing is allocated for a number that was only claimed.
      if fields.isReading {
        values.append([])
        velocities.append([])
      }
      try fields.field(&values[parameter])
      try fields.field(&velocities[parameter])
    }
  }
}
