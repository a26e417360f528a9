import Configuration
import Exchange
import MLA
import Networks
import Storage

/// The epochs of a run.
final class EpochLoop {
  private let session: CoordinatorSession
  private let team: Team
  private let method: any CoordinatorMethod
  private let plan: TrainingPlan
  private let log: TurnLog
  private var waitedBefore: [Double]
  private var lastSave: ContinuousClock.Instant
  private var savedFolders: [String] = []

  private var configuration: RunConfiguration { session.configuration }
  private var endpoint: Endpoint { session.endpoint }
  private var leaders: [Int] { session.layout.leaders }
  private var rosters: Rosters { team.roster.rosters }

  init(_ session: CoordinatorSession, team: Team, restoringFrom weights: String = "") throws {
    self.session = session
    self.team = team
    plan = TrainingPlan(session.configuration, roster: team.roster.rosters.train)
    log = TurnLog(session.observer, cyclesPerEpoch: plan.cyclesPerEpoch)
    method = Self.method(session, team: team, log: log)
    waitedBefore = session.layout.leaders.map { _ in 0 }
    lastSave = ContinuousClock.now
    if !weights.isEmpty {
      try HeadFile.restore(method, from: "\(session.runDirectory)/\(weights)")
    }
  }

  func run() throws -> RunResult {
    endpoint.restartWaiting()
    try session.observer.began(team.facts)
    let began = ContinuousClock.now
    var trainingSeconds = 0.0
    var last: EpochEnd?
    for epoch in 0..<configuration.epochs {
      let epochBegan = ContinuousClock.now
      let joint = try method.train(plan.epoch(epoch))
      let seconds = (ContinuousClock.now - epochBegan).seconds
      trainingSeconds += seconds
      last = try finish(epoch, joint: joint, seconds: seconds)
    }
    let cycles = Double(configuration.epochs * plan.cyclesPerEpoch)
    let seconds = (ContinuousClock.now - began).seconds
    // Workers that train alone go on while the coordinator evaluates: only the whole can be timed.
    let timed = configuration.method == .separate ? seconds : trainingSeconds
    return try result(last, seconds: seconds, cyclesPerSecond: timed > 0 ? cycles / timed : 0)
  }

  func evaluateOnly(_ split: EvaluatedSplit) throws -> RunResult {
    guard rosters[split].sampleCount > 0 else { throw CoordinatorError.emptySplit(split) }
    try session.observer.began(team.facts)
    let began = ContinuousClock.now
    var directive = Directive()
    directive.evaluate = split
    directive.isLast = true
    let end = try converse(directive, epoch: configuration.epochs)
    return try result(end, seconds: (ContinuousClock.now - began).seconds, cyclesPerSecond: 0)
  }

  /// Ends an epoch: evaluates and saves if it is time, and tells the observer.
  private func finish(
    _ epoch: Int, joint: TrainingTotals?, seconds: Double
  ) throws -> EpochEnd {
    var directive = Directive()
    directive.isLast = epoch + 1 == configuration.epochs
    if directive.isLast || (epoch + 1) % configuration.evaluation.every == 0 {
      directive.evaluate = splitToEvaluate(isLast: directive.isLast)
    }
    let isTimeToSave =
      (ContinuousClock.now - lastSave).seconds >= configuration.execution.saveEverySeconds
    if !session.runDirectory.isEmpty, directive.isLast || isTimeToSave {
      directive.saveTo = ModelFiles.folder(epochs: epoch + 1)
    }
    let end = try converse(directive, epoch: epoch)
    try save(directive, end, epoch: epoch)
    let waited = end.reports.map(\.waiting.seconds)
    try session.observer.epochEnded(
      EpochRecord(
        epoch: epoch,
        training: joint.map { [(name: "joint", totals: $0)] }
          ?? zip(configuration.modalities, end.reports).map { ($0.name, $1.totals) },
        head: method.sharedHead.map { log.watch.finish($0) }, evaluation: end.evaluation,
        seconds: seconds, waitedSeconds: zip(waited, waitedBefore).map { $0 - $1 }))
    waitedBefore = waited
    return end
  }

  /// While training, on what was kept for it; at the end on the test split, which then is new.
  private func splitToEvaluate(isLast: Bool) -> EvaluatedSplit? {
    let preferred: [EvaluatedSplit] = isLast ? [.test, .validation] : [.validation, .test]
    return preferred.first { rosters[$0].sampleCount > 0 }
  }

  /// Tells the workers what to do, and gathers what comes back.
  private func converse(_ directive: Directive, epoch: Int) throws -> EpochEnd {
    let head = method.sharedHead.map {
      UnsafeBufferPointer(start: $0.head.store.values, count: $0.head.store.count)
    }
    for leader in leaders {
      try directive.send(
        over: endpoint, to: leader, epoch: epoch, head: directive.evaluate == nil ? nil : head)
    }
    let evaluation = try directive.evaluate.map { split in
      let joint = JointSum(commonBias: method.commonBias, modalityCount: leaders.count)
      let logits = try leaders.indices.map {
        try receiveLogits(of: split, modality: $0, epoch: epoch, adding: joint.share)
      }
      return try Evaluation(
        split: split, logits: logits, labels: team.roster.labels(of: split),
        configuration: configuration, joint: joint)
    }
    let reports = try leaders.map {
      try WorkerReport.receive(over: endpoint, from: $0, epoch: epoch)
    }
    return EpochEnd(evaluation: evaluation, reports: reports)
  }

  /// Puts the logits of the samples that a modality has in their places; those of absent ones are 0.
  private func receiveLogits(
    of split: EvaluatedSplit, modality: Int, epoch: Int, adding share: [Float]?
  ) throws -> ModalityLogits {
    let (roster, classCount) = (rosters[split], configuration.classes.count)
    var logits = [Float](repeating: 0, count: roster.sampleCount * classCount)
    for samples in roster.chunks(of: modality, size: configuration.evaluation.batchSize) {
      try endpoint.receive(.logits, turn: epoch, from: leaders[modality]) { frame in
        guard try frame.read(Int.self) == samples.count * classCount else {
          throw ExchangeError.shortMessage(
            kind: .logits, turn: epoch, wanted: samples.count * classCount * 4,
            left: frame.remaining)
        }
        try logits.withUnsafeMutableBufferPointer { logits in
          guard let start = logits.baseAddress else { return }
          for sample in samples {
            let row = start + sample * classCount
            try frame.read(into: row, count: classCount)
            for (label, addend) in (share ?? []).enumerated() { row[label] += addend }
          }
        }
      }
    }
    return ModalityLogits(
      logits: logits,
      present: (0..<roster.sampleCount).map { roster.has($0, modality: modality) },
      classCount: classCount)
  }

  private func save(_ directive: Directive, _ end: EpochEnd, epoch: Int) throws {
    guard !directive.saveTo.isEmpty else { return }
    lastSave = ContinuousClock.now
    var problems = zip(leaders, end.reports).compactMap { leader, report in
      report.saveProblem.isEmpty ? nil : "\(endpoint.name(of: leader)): \(report.saveProblem)"
    }
    let folder = "\(session.runDirectory)/\(directive.saveTo)"
    do {
      try HeadFile.save(method, to: folder, epochs: epoch + 1)
    } catch let error where !(error is ExchangeError) {
      problems.append(String(describing: error))
    }
    if problems.isEmpty {
      do {
        try session.observer.saved(
          SavedWeights(
            epochs: epoch + 1, folder: directive.saveTo,
            sampleShapes: team.inventories.map(\.sampleShape)))
      } catch let error where !(error is ExchangeError) {
        problems.append(String(describing: error))
      }
    } else {
      // A part of a model is of no use, and room may be what is lacking.
      ModelFiles.removeFolder(folder)
    }
    guard problems.isEmpty else {
      session.observer.saveFailed(epoch: epoch, problems: problems)
      return
    }
    for superseded in savedFolders {
      ModelFiles.removeFolder("\(session.runDirectory)/\(superseded)")
    }
    savedFolders = [directive.saveTo]
  }

  private func result(
    _ end: EpochEnd?, seconds: Double, cyclesPerSecond: Double
  ) throws -> RunResult {
    let reports = end?.reports ?? []
    let workers = reports.enumerated().map { modality, report in
      RunResult.Rank(
        role: configuration.modalities[modality].name, host: team.inventories[modality].host,
        arithmetic: team.inventories[modality].arithmetic,
        peakMemoryByteCount: report.peakMemoryByteCount, waiting: report.waiting)
    }
    let coordinator = RunResult.Rank(
      role: "coordinator", host: session.host, arithmetic: .here,
      peakMemoryByteCount: ProcessMemory.peakByteCount, waiting: endpoint.waiting)
    return RunResult(
      evaluation: end?.evaluation, seconds: seconds, cyclesPerSecond: cyclesPerSecond,
      weightsDigest: try HeadFile.digest(method, with: reports.map(\.weightsDigest)),
      ranks: [coordinator] + workers,
      ids: (end?.evaluation?.split).map { team.roster.ids(of: $0) } ?? [])
  }
}

/// What came back from the workers at an epoch's end.
private struct EpochEnd {
  let evaluation: Evaluation?
  let reports: [WorkerReport]
}
