import Configuration
import Exchange
import MLA
import Methods

/// The epochs of a run.
final class EpochLoop {
  private let session: CoordinatorSession
  private let team: Team
  private let method: any CoordinatorMethod
  private let plan: TrainingPlan
  private var saver: ModelSaver
  private var waitedBefore: [Double]

  private var configuration: RunConfiguration { session.configuration }

  init(_ session: CoordinatorSession, team: Team, restoringFrom weights: String = "") throws {
    self.session = session
    self.team = team
    plan = TrainingPlan(session.configuration, roster: team.roster.rosters.train)
    let log = TurnLog(session.observer, cyclesPerEpoch: plan.cyclesPerEpoch)
    method = session.configuration.method.coordinator(
      of: CoordinatorRank(
        configuration: session.configuration, endpoint: session.endpoint,
        leaders: session.layout.leaders, trainLabels: team.roster.trainLabels,
        turnEnded: log.note(_:_:), jointBatchEnded: log.note(epoch:batch:totals:)))
    waitedBefore = session.layout.leaders.map { _ in 0 }
    saver = ModelSaver(session, team: team)
    if !weights.isEmpty {
      try HeadFile.restore(method.weights, from: "\(session.runDirectory)/\(weights)")
    }
  }

  func run() throws -> RunResult {
    session.endpoint.restartWaiting()
    try session.observer.began(team.facts)
    let began = ContinuousClock.now
    var trainingSeconds = 0.0
    var last: EpochEnd?
    for epoch in 0..<configuration.epochs {
      let epochBegan = ContinuousClock.now
      let totals = try method.train(plan.epoch(epoch))
      let seconds = (ContinuousClock.now - epochBegan).seconds
      trainingSeconds += seconds
      last = try finish(epoch, totals: totals, seconds: seconds)
    }
    let cycles = Double(configuration.epochs * plan.cyclesPerEpoch)
    let seconds = (ContinuousClock.now - began).seconds
    // Workers that are ahead go on while the coordinator evaluates: only the whole can be timed.
    let timed = configuration.method.isConducted ? trainingSeconds : seconds
    return try result(last, seconds: seconds, cyclesPerSecond: timed > 0 ? cycles / timed : 0)
  }

  func evaluateOnly(_ split: EvaluatedSplit) throws -> RunResult {
    guard team.roster.rosters[split].sampleCount > 0 else {
      throw CoordinatorError.emptySplit(split)
    }
    try session.observer.began(team.facts)
    let began = ContinuousClock.now
    var directive = Directive()
    directive.evaluate = split
    directive.isLast = true
    let end = try EpochEnd(
      directive, epoch: configuration.epochs, session, team: team, method: method)
    return try result(end, seconds: (ContinuousClock.now - began).seconds, cyclesPerSecond: 0)
  }

  /// Ends an epoch: evaluates and saves if it is time, and tells the observer.
  private func finish(
    _ epoch: Int, totals: [TrainingTotals], seconds: Double
  ) throws -> EpochEnd {
    var directive = Directive()
    directive.isLast = epoch + 1 == configuration.epochs
    if directive.isLast || (epoch + 1) % configuration.evaluation.every == 0 {
      directive.evaluate = splitToEvaluate(isLast: directive.isLast)
    }
    directive.saveTo = saver.folder(afterEpoch: epoch, isLast: directive.isLast)
    let end = try EpochEnd(directive, epoch: epoch, session, team: team, method: method)
    try saver.save(directive, reports: end.reports, method.weights, epoch: epoch)
    let waited = end.reports.map(\.waiting.seconds)
    let names = configuration.method.lossNames(of: configuration.modalities.map(\.name))
    precondition(totals.count == names.count, "a total for each loss")
    try session.observer.epochEnded(
      EpochRecord(
        epoch: epoch, training: zip(names, totals).map { (name: $0, totals: $1) },
        head: method.finishEpoch(), evaluation: end.evaluation, seconds: seconds,
        waitedSeconds: zip(waited, waitedBefore).map { $0 - $1 }))
    waitedBefore = waited
    return end
  }

  /// While training, on what was kept for it; at the end on the test split, which then is new.
  private func splitToEvaluate(isLast: Bool) -> EvaluatedSplit? {
    let preferred: [EvaluatedSplit] = isLast ? [.test, .validation] : [.validation, .test]
    return preferred.first { team.roster.rosters[$0].sampleCount > 0 }
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
      peakMemoryByteCount: ProcessMemory.peakByteCount, waiting: session.endpoint.waiting)
    return RunResult(
      evaluation: end?.evaluation, seconds: seconds, cyclesPerSecond: cyclesPerSecond,
      weightsDigest: try HeadFile.digest(method.weights, with: reports.map(\.weightsDigest)),
      ranks: [coordinator] + workers,
      ids: (end?.evaluation?.split).map { team.roster.ids(of: $0) } ?? [])
  }
}
