import Configuration
import Exchange
import MLA
import Methods
import Storage
import Tensors

/// The epochs of a run, segment by segment.
final class EpochLoop {
  private let session: CoordinatorSession
  private let team: Team
  private let method: any CoordinatorMethod
  private let plan: TrainingPlan
  private let origin: RunOrigin?
  private let progress: EpochProgress
  private let keeper: CheckpointKeeper
  private let ordering: TurnOrdering
  private var schedule: SegmentSchedule
  /// What workers had reported at the end of the epoch before.
  private var reportsBefore: [WorkerReport]
  private var epochPlan: EpochPlan?
  private var trainedCycles = 0
  private var trainingSeconds = 0.0
  private let began = ContinuousClock.now

  private var configuration: RunConfiguration { session.configuration }

  /// - Parameter origin: what the run goes on from; nil: it begins.
  init(_ session: CoordinatorSession, team: Team, origin: RunOrigin? = nil) throws {
    self.session = session
    self.team = team
    self.origin = origin
    plan = TrainingPlan(session.configuration, roster: team.roster.rosters.train)
    let log = TurnLog(session.observer, cyclesPerEpoch: plan.cyclesPerEpoch)
    let names = session.configuration.method.lossNames(
      of: session.configuration.modalities.map(\.name))
    let notes = NoteMeans(
      session.configuration.method.notes(
        modalityCount: session.configuration.modalities.count
      ).coordinator)
    progress = EpochProgress(lossCount: names.count, notes: notes)
    var rank = CoordinatorRank(
      configuration: session.configuration, endpoint: session.endpoint,
      leaders: session.layout.leaders, trainLabels: team.roster.trainLabels,
      turnEnded: log.note(_:_:), turnMeasured: session.observer.measured,
      jointBatchEnded: log.note(epoch:batch:totals:),
      noted: { _, decided in notes.add(decided) })
    rank.rosters = team.roster.rosters
    rank.validationLabels = team.roster.labels(of: .validation)
    method = session.configuration.method.coordinator(of: rank)
    ordering = TurnOrdering(session.configuration)
    reportsBefore = session.layout.leaders.map { _ in WorkerReport() }
    keeper = CheckpointKeeper(
      session, team: team, cyclesPerEpoch: plan.cyclesPerEpoch, origin: origin)
    schedule = SegmentSchedule(
      session.configuration, cyclesPerEpoch: plan.cyclesPerEpoch,
      from: try origin?.start(cyclesPerEpoch: plan.cyclesPerEpoch) ?? RunPosition(),
      splits: (
        team.split(preferring: .validation, .test), team.split(preferring: .test, .validation)
      ),
      fitsFusion: FittedFusion.isWanted(
        session.configuration, validation: team.roster.rosters.validation))
    if let origin { try restore(origin) }
  }

  /// Trains until the run is over, or somebody asks for its end.
  func run() throws -> RunResult {
    session.endpoint.restartWaiting()
    try session.observer.began(team.facts)
    session.endpoint.endGently()
    var segment = 0
    var last: EpochEnd?
    var isAskedToEnd = false
    var following: Directive? = try order(
      schedule.position.epoch < configuration.epochs
        ? schedule.next(canWrite: true) : schedule.finish(), segment)
    while let directive = following {
      following = nil
      if !directive.isLast {
        // A segment ahead, so that nobody waits for it.
        isAskedToEnd = session.endpoint.isAskedToEnd && !schedule.isTrained
        let next = isAskedToEnd ? schedule.end() : schedule.next(canWrite: keeper.isIdle)
        following = try order(next, segment + 1)
      }
      try train(directive)
      if let end = try finish(directive, segment) {
        last = directive.cycles.isEmpty ? last?.followed(by: end) ?? end : end
      }
      try keeper.collect()
      segment += 1
    }
    try keeper.collect(waiting: true)
    guard !isAskedToEnd else { throw RunEnded(position: schedule.position) }
    return try result(last)
  }

  /// Evaluates the model as it is.
  ///
  /// - Parameter fusion: the pool that was fitted when it was trained; nil: it is fitted now, if it is asked for.
  func evaluateOnly(_ split: EvaluatedSplit, fusion: FittedFusion?) throws -> RunResult {
    guard team.roster.rosters[split].sampleCount > 0 else {
      throw CoordinatorError.emptySplit(split)
    }
    try session.observer.began(team.facts)
    var directive = Directive()
    directive.epoch = configuration.epochs
    directive.evaluate = split
    directive.fitsFusion =
      fusion == nil
      && FittedFusion.isWanted(configuration, validation: team.roster.rosters.validation)
    directive.isReported = true
    directive.isLast = true
    let end = try EpochEnd(
      try order(directive, 0), session, team: team, method: method, fusion: fusion)
    return try result(end)
  }

  /// Tells the workers what comes next.
  private func order(_ directive: Directive, _ segment: Int) throws -> Directive {
    var directive = directive
    keeper.prepare(&directive)
    for leader in session.layout.leaders {
      try session.endpoint.send(directive, number: segment, to: leader)
    }
    return directive
  }

  private func train(_ directive: Directive) throws {
    guard !directive.cycles.isEmpty else { return }
    if epochPlan?.epoch != directive.epoch {
      epochPlan = try ordering.plan(
        directive.epoch, of: plan, telling: session.layout.leaders, over: session.endpoint)
    }
    guard let epochPlan else { return }
    let segmentBegan = ContinuousClock.now
    try method.train(epochPlan.part(directive.cycles), adding: &progress.totals)
    Trace.place()
    let seconds = (ContinuousClock.now - segmentBegan).seconds
    progress.seconds += seconds
    trainedCycles += directive.cycles.count
    trainingSeconds += seconds
    schedule.note(cycles: directive.cycles.count, seconds: seconds)
  }

  /// Ends a segment: cuts a checkpoint if it is time; at an epoch's end, evaluates and tells the
  /// observer.
  private func finish(_ directive: Directive, _ segment: Int) throws -> EpochEnd? {
    let endsEpoch = directive.isReported && !directive.cycles.isEmpty
    let (totals, seconds) = (progress.totals, progress.seconds)
    let head = endsEpoch ? method.finishEpoch() : nil
    let notes = endsEpoch ? progress.notes.finish() : []
    if endsEpoch { progress.restart() }
    // An order that follows from the evaluation belongs to the state.
    let followsEvaluation = ordering.isDecided && directive.isReported
    if !followsEvaluation { try cut(directive, segment) }
    guard directive.isReported else { return nil }
    let order = ordering.order
    let end = try EpochEnd(directive, session, team: team, method: method, fusion: session.fusion)
    if let evaluation = end.evaluation { ordering.note(evaluation) }
    if followsEvaluation { try cut(directive, segment) }
    guard endsEpoch else { return end }
    func added(_ seconds: KeyPath<WorkerReport, Double>) -> [Double] {
      zip(end.reports, reportsBefore).map { $0[keyPath: seconds] - $1[keyPath: seconds] }
    }
    let names = configuration.method.lossNames(of: configuration.modalities.map(\.name))
    try session.observer.epochEnded(
      EpochRecord(
        epoch: directive.epoch, training: zip(names, totals).map { (name: $0, totals: $1) },
        head: head, order: head == nil ? nil : order, evaluation: end.evaluation, seconds: seconds,
        waitedSeconds: added(\.waiting.seconds), dataWaitSeconds: added(\.waitedForSamples),
        skippedCounts: end.reports.map(\.skippedCount),
        notes: .init(coordinator: notes, workers: end.reports.map(\.notes))))
    reportsBefore = end.reports
    return end
  }

  /// Begins the checkpoint that a directive orders, if it does.
  private func cut(_ directive: Directive, _ segment: Int) throws {
    guard !directive.checkpoint.isEmpty else { return }
    try Trace.span("checkpoint") {
      try keeper.cut(
        directive, segment: segment, weights: method.weights, rest: rest, seconds: seconds)
    }
  }

  /// Seconds of the run, with those before it was gone on with.
  private var seconds: Double { (origin?.seconds ?? 0) + (ContinuousClock.now - began).seconds }

  private func result(_ end: EpochEnd?) throws -> RunResult {
    let reports = end?.reports ?? []
    let workers = zip(team.members, reports).enumerated().flatMap { modality, group in
      zip(group.0, [group.1] + group.1.followers).map { member, report in
        RunResult.Rank(
          role: configuration.modalities[modality].name, host: member.host,
          arithmetic: member.arithmetic, peakMemoryByteCount: report.peakMemoryByteCount,
          skippedCount: report.skippedCount, waiting: report.waiting, phases: report.phases)
      }
    }
    let coordinator = RunResult.Rank(
      role: "coordinator", host: session.host, arithmetic: .here,
      peakMemoryByteCount: ProcessMemory.peakByteCount, skippedCount: 0,
      waiting: session.endpoint.waiting, phases: nil)
    // Workers that are ahead go on while the coordinator evaluates: only the whole can be timed.
    let timed =
      configuration.method.isConducted
      ? trainingSeconds : (ContinuousClock.now - began).seconds
    return RunResult(
      evaluation: end?.evaluation, fusion: end?.fusion, seconds: seconds,
      cyclesPerSecond: timed > 0 ? Double(trainedCycles) / timed : 0,
      weightsDigest: try HeadFile.digest(method.weights, with: reports.map(\.weightsDigest)),
      ranks: [coordinator] + workers,
      ids: (end?.evaluation?.split).map { team.roster.ids(of: $0) } ?? [], logits: end?.logits)
  }
}

// MARK: - What the coordinator remembers

extension EpochLoop {
  /// All that training must not forget beside the weights.
  private var rest: [NamedState] {
    let weights = Set(method.weights.map(\.name))
    return method.state.filter { !weights.contains($0.name) }.named(in: "method.")
      + progress.state.named(in: "epoch.") + ordering.state.named(in: "order.")
  }

  private func restore(_ origin: RunOrigin) throws {
    let folder = "\(session.runDirectory)/\(origin.folder)"
    try HeadFile.restore(method.weights, from: folder, isInspected: origin.isResumed)
    guard origin.isResumed else { return }
    try TensorFile(path: "\(folder)/\(ModelFiles.coordinatorState)").restore(rest)
    // An epoch that is not gone on with.
    if schedule.position != origin.position { progress.restart() }
  }
}
