import Configuration
import Coordinator
import Datasets
import Exchange
import MLA
import Methods
import Networks
import Tensors
import Worker

/// A case of a method that is compared with alternation, run by the method's own sides: on the same ranks, by
/// the same messages as in training.
struct RivalRun {
  let oracle: OracleCase
  let endpoint: Endpoint
  let leaders: [Int]

  /// The number of all evaluation messages.
  private static let evaluation = 0

  /// Conducts the case; returns every `out.*` array of it.
  func coordinate() throws -> [String: [Double]] {
    let recorder = CaseRecorder(storesSteps: false)
    let plan = try oracle.plan()
    let notes = Box(RivalNotes(cycleCount: oracle.epochs * plan.cyclesPerEpoch))
    guard let side = oracle.method.method as? any CoordinatorSide else {
      preconditionFailure("a method without a side in the room Coordinator")
    }
    let labels = try oracle.file.array("y").integers().map(Int32.init)
    var rank = CoordinatorRank(
      configuration: oracle.configuration, endpoint: endpoint, leaders: leaders,
      trainLabels: labels,
      // A cycle that has no joint loss.
      turnEnded: { _, _ in recorder.append("loss", [.nan]) },
      jointBatchEnded: { _, _, totals in recorder.append("loss", [totals.loss ?? .nan]) },
      noted: { notes.value.add($1, cycle: $0) })
    rank.rosters = try oracle.rosters()
    if oracle.hasValidation {
      rank.validationLabels = try oracle.file.array("yv").integers().map(Int32.init)
    }
    let method = side.coordinator(of: rank)
    let states = RivalStates(modality: nil, states: method.state)
    try states.begin(oracle)
    let names = oracle.method.lossNames(of: oracle.encoders.indices.map { "\($0)" })
    var totals = names.map { _ in TrainingTotals() }
    for epoch in 0..<oracle.epochs { try method.train(plan.epoch(epoch), adding: &totals) }

    for (name, series) in notes.value.series { recorder.set(name, series.values) }
    for (name, values) in RivalStates(modality: nil, states: method.state).finals(oracle) {
      recorder.set("final.\(name)", values)
    }
    try test(method, to: recorder)
    try collect(to: recorder)
    return recorder.arrays
  }

  /// Records how the model predicts the test samples.
  private func test(_ method: any CoordinatorMethod, to recorder: CaseRecorder) throws {
    if let head = method.evaluatedHead {
      for leader in leaders {
        try endpoint.send(EvaluatedHead(head), number: Self.evaluation, to: leader)
      }
    }
    try method.beginEvaluation(Self.evaluation)
    let heads = try leaders.map { leader in
      try (0..<oracle.method.evaluatedHeadCount).map { _ in
        try endpoint.receive(EvaluatedLogits(), number: Self.evaluation, from: leader).values
      }
    }
    try CaseTest(oracle).record(heads, prediction: method.prediction, to: recorder)
  }

  /// Records what the workers have at the end.
  private func collect(to recorder: CaseRecorder) throws {
    let reports = try leaders.map { try endpoint.receive(RivalReport(), from: $0) }
    for report in reports {
      for final in report.finals where !RivalStates.others.contains(final.name) {
        recorder.set("final.\(final.name)", final.values)
      }
    }
    for name in RivalStates.others {
      let own = reports.compactMap { report in report.finals.first { $0.name == name } }
      if !own.isEmpty { recorder.set("final.\(name)", own.flatMap(\.values)) }
    }
    for series in RivalNotes.interleaved(reports) { recorder.set(series.name, series.values) }
  }

  /// Takes a modality's part in the case.
  func work(_ modality: Int) throws {
    let plan = try oracle.plan()
    let notes = Box(RivalNotes(cycleCount: oracle.epochs * plan.cyclesPerEpoch))
    let configuration = oracle.configuration
    let capacity = oracle.batchSize + (oracle.method.demands.ridesZero ? 1 : 0)
    let spec = oracle.encoders[modality]
    let encoder = try spec.architecture.makeEncoder(
      inputShape: spec.inputShape, features: spec.featureCount, capacity: capacity,
      gradients: configuration.gradientMemory(of: configuration.modalities[modality]))
    try oracle.begin(encoder, of: modality)
    let learner = ModalityLearner(
      encoder: encoder, source: try oracle.source("x", modality: modality),
      classCount: oracle.classCount, capacity: capacity, options: oracle.optimizer)
    guard let side = oracle.method.method as? any WorkerSide else {
      preconditionFailure("a method without a side in the room Worker")
    }
    let method = side.worker(
      on: WorkerRank(
        configuration: configuration, modality: modality, learner: learner, batchSize: capacity,
        endpoint: endpoint, rosters: try oracle.rosters()
      ) { notes.value.add($1, cycle: $0) })
    try replaceDraws(of: method, modality)
    try RivalStates(modality: modality, states: method.state).begin(oracle)
    for epoch in 0..<oracle.epochs { try method.train(plan.epoch(epoch)) }

    if oracle.method.headPlace == .coordinator {
      try endpoint.receive(
        EvaluatedHead(method.head.store.values), number: Self.evaluation, from: 0)
    }
    try method.beginEvaluation(Self.evaluation)
    let test = try oracle.source("xt", modality: modality)
    let logits = try learner.logits(
      of: Array(test.labels.indices), from: BatchFeed(copying: test), heads: method.evaluatedHeads)
    for head in logits { try endpoint.send(head, number: Self.evaluation, to: 0) }
    var report = RivalReport()
    let finals =
      oracle.finals(of: learner, modality)
      + RivalStates(modality: modality, states: method.state).finals(oracle)
    report.finals = finals.map { MethodNote($0.name, $0.values) }
    for (name, series) in notes.value.series {
      report.notes.append(MethodNote(name, series.values))
      report.widths.append(series.width)
    }
    try endpoint.send(report, to: 0)
    try endpoint.flush()
  }

  /// Has a method take the random numbers of the case.
  private func replaceDraws(of method: any WorkerMethod, _ modality: Int) throws {
    guard let steps = method as? JointSteps else { return }
    if let rule = steps.rule as? RelearningRule {
      let (centres, width) = (try oracle.centres(), oracle.classCount)
      let modalityCount = oracle.modalityCount
      rule.centres = { event, samples in
        let first = ((event * modalityCount + modality) * 2 + samples.rawValue) * width
        return Array(centres[first..<first + width])
      }
    }
    guard let rule = steps.rule as? ModulatedGradient else { return }
    let draws = try oracle.noise(of: modality)
    rule.draws = { parameter, turn, values in
      let first = turn.cycle * values.count
      values.update(from: Array(draws[parameter][first..<first + values.count]))
    }
  }
}

/// A value that closures share.
private final class Box<Value> {
  var value: Value
  init(_ value: Value) { self.value = value }
}
