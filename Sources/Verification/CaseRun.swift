import Coordinator
import Exchange
import MLA
import Networks
import Tensors
import Worker

/// A case, run by the trainer's own rooms: the same turns, the same messages, on the same ranks.
public enum CaseRun {
  /// Takes this rank's part in a case; ranks that the case has no use for return at once.
  ///
  /// - Returns: at the coordinator, every `out.*` array of the run; elsewhere nil.
  public static func run(
    _ oracle: OracleCase, on endpoint: Endpoint
  ) throws -> [String: [Double]]? {
    let layout = RankLayout(
      ranksPerModality: [Int](repeating: 1, count: oracle.modalityCount))
    if endpoint.worldRank == RankLayout.coordinator {
      return try coordinate(oracle, leaders: layout.leaders, endpoint)
    }
    if let modality = layout.leaders.firstIndex(of: endpoint.worldRank) {
      try work(oracle, modality: modality, endpoint)
    }
    return nil
  }

  private static func coordinate(
    _ oracle: OracleCase, leaders: [Int], _ endpoint: Endpoint
  ) throws -> [String: [Double]] {
    var generator = SeededGenerator(seed: 0, stream: "replaced by the case")
    let head = Head(
      classCount: oracle.classCount, featureCount: oracle.encoders[0].featureCount,
      generator: &generator)
    for (parameter, array) in [(head.weight, "init.head.W"), (head.bias, "init.head.b")] {
      let values = try oracle.file.array(array).floats()
      parameter.value.update(from: values, count: parameter.shape.elementCount)
    }
    let shared = SharedHead(
      head, modalityCount: oracle.modalityCount, options: oracle.hgm, optimizer: oracle.optimizer)
    let recorder = CaseRecorder(storesSteps: oracle.file.names.contains("out.W"))
    let service = AlternatingService(
      head: shared, endpoint: endpoint, leaders: leaders,
      learningRate: {
        oracle.optimizer.learningRate(epoch: $0) * oracle.headLearningRateScale
      },
      observe: recorder.note)
    let plan = try oracle.plan()
    for epoch in 0..<oracle.epochs { _ = try service.train(plan.epoch(epoch)) }
    recorder.finish(shared)

    var logits: [[Float]] = []
    for (modality, leader) in leaders.enumerated() {
      let frame = endpoint.frame(.directive)
      frame.append(head.store.values, count: head.store.count)
      try endpoint.send(frame, to: leader)
      logits.append(
        try endpoint.receive(.logits, from: leader) { try $0.readArray(of: Float.self) })
      try endpoint.receive(.report, from: leader) { frame in
        for parameter in 0..<(try frame.read(Int.self)) {
          let value = oracle.encoders[modality].toReference(
            try frame.readArray(), parameter: parameter)
          let velocity = oracle.encoders[modality].toReference(
            try frame.readArray(), parameter: parameter)
          recorder.set("final.enc\(modality).p\(parameter)", value.map(Double.init))
          recorder.set("final.velocity.enc\(modality).p\(parameter)", velocity.map(Double.init))
        }
      }
    }
    try CaseTest(oracle).record(logits, to: recorder)
    return recorder.arrays
  }

  private static func work(_ oracle: OracleCase, modality: Int, _ endpoint: Endpoint) throws {
    let spec = oracle.encoders[modality]
    var generator = SeededGenerator(seed: 0, stream: "replaced by the case")
    let encoder = try spec.architecture.makeEncoder(
      inputShape: spec.inputShape, features: spec.featureCount, capacity: oracle.batchSize,
      gradients: oracle.optimizer.gradientMemory, generator: &generator)
    for (index, parameter) in encoder.store.parameters.enumerated() {
      let values = spec.fromReference(
        try oracle.file.array("init.enc\(modality).p\(index)").floats(), parameter: index)
      parameter.value.update(from: values, count: parameter.shape.elementCount)
    }
    let learner = ModalityLearner(
      encoder: encoder, source: try oracle.source("x", modality: modality),
      classCount: oracle.classCount, capacity: oracle.batchSize, options: oracle.optimizer)
    let turns = AlternatingTurns(
      learner: learner, modality: modality, batchSize: oracle.batchSize, endpoint: endpoint,
      driftsWhileInactive: oracle.driftsWhileInactive)
    let plan = try oracle.plan()
    for epoch in 0..<oracle.epochs { _ = try turns.train(plan.epoch(epoch)) }

    try endpoint.receive(.directive, from: 0) { frame in
      try frame.read(into: turns.head.store.values, count: turns.head.store.count)
    }
    let test = try oracle.source("xt", modality: modality)
    let logits = endpoint.frame(.logits)
    logits.append(
      try learner.logits(of: Array(test.labels.indices), in: test, head: turns.head))
    try endpoint.send(logits, to: 0)
    try endpoint.send(report(of: learner, endpoint), to: 0)
    try endpoint.flush()
  }

  /// Every parameter with its velocity.
  private static func report(of learner: ModalityLearner, _ endpoint: Endpoint) -> Frame {
    let frame = endpoint.frame(.report)
    let store = learner.encoder.store
    frame.append(store.parameters.count)
    var offset = 0
    for parameter in store.parameters {
      let count = parameter.shape.elementCount
      frame.append(Array(UnsafeBufferPointer(start: parameter.value, count: count)))
      frame.append(
        Array(UnsafeBufferPointer(start: learner.optimizer.velocity + offset, count: count)))
      offset += count
    }
    return frame
  }
}
