import Configuration
import Exchange
import MLA
import Methods
import Storage
import Tensors

/// The epochs of a run, segment by segment.
final class EpochLoop {
  let session: CoordinatorSession
  let team: Team
  let method: any CoordinatorMethod
  let plan: TrainingPlan
  let origin: RunOrigin?
  let progress: EpochProgress
  private let keeper: CheckpointKeeper
  let ordering: TurnOrdering
  let selection: ModelSelection
  private(set) var schedule: SegmentSchedule
  /// What workers had reported at the end of the epoch before.
  private var reportsBefore: [WorkerReport]
  private var epochPlan: EpochPlan?
  private(set) var trainedCycles = 0
  private(set) var trainingSeconds = 0.0
  let began = ContinuousClock.now

  var configuration: RunConfiguration { session.configuration }

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
    selection = ModelSelection(session.configuration.selection)
    if selection.options.keep == .best, session.runDirectory.isEmpty {
      throw CoordinatorError.nowhereToKeep
    }
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
        session.configuration, validation: team.roster.rosters.validation),
      lastEpoch: session.lastEpoch)
    keeper.lost = { [selection] in selection.lose($0) }
    if let origin { try restore(origin) }
    schedule.decided(isOver: selection.isOver)
  }

  /// Trains until the run is over, or somebody asks for its end.
  func run() throws -> RunResult {
    session.endpoint.restartWaiting()
    var facts = team.facts
    facts.notes += choiceNotes
    try session.observer.began(facts)
    session.endpoint.endGently()
    var segment = 0
    var last: EpochEnd?
    var isAskedToEnd = false
    func next(_ segment: Int) throws -> Directive {
      isAskedToEnd = session.endpoint.isAskedToEnd && !schedule.isTrained
      return try order(isAskedToEnd ? schedule.end() : self.next(), segment)
    }
    var following: Directive? = try order(self.next(), segment)
    while let directive = following {
      // A segment ahead, so that nobody waits for it, unless it follows from this one.
      let isAhead = !directive.isLast && !schedule.decides(directive)
      following = isAhead ? try next(segment + 1) : nil
      try train(directive)
      if let end = try finish(directive, segment) { last = end }
      try keeper.collect()
      segment += 1
      if !isAhead, !directive.isLast { following = try next(segment) }
    }
    try keeper.collect(waiting: true)
    guard !isAskedToEnd else { throw RunEnded(position: schedule.position) }
    return try result(last, kept: kept)
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
    return try result(end, kept: nil)
  }

  /// What comes next. The model that is kept takes the place of the last before anything is made of it.
  private func next() throws -> Directive {
    var directive = schedule.next(canWrite: keeper.isIdle)
    guard directive.isLast, selection.options.keep == .best else { return directive }
    // Whoever wrote a part of it has written it now, or it is none.
    try keeper.collect(waiting: true)
    if let kept = selection.kept, kept.epoch != schedule.position.epoch {
      directive.restores = kept.folder
      try HeadFile.restore(
        method.weights, from: "\(session.runDirectory)/\(kept.folder)", isInspected: false)
    }
    return directive
  }

  /// Tells the workers what comes next.
  private func order(_ directive: Directive, _ segment: Int) throws -> Directive {
    var directive = directive
    keeper.prepare(&directive)
    let origin =
      directive.restores.isEmpty
      ? nil : RunOrigin(evaluating: directive.restores, of: session.runDirectory)
    for (modality, leader) in session.layout.leaders.enumerated() {
      var own = directive
      // That of a modality that was absent then is in an earlier one.
      if let origin { own.restores = origin.folder(of: modality) }
      try session.endpoint.send(own, number: segment, to: leader)
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
    let followsEvaluation =
      (ordering.isDecided || selection.options.isActive) && directive.isReported
    if !followsEvaluation { try cut(directive, segment) }
    guard directive.isReported else { return nil }
    let order = ordering.order
    let end = try EpochEnd(directive, session, team: team, method: method, fusion: session.fusion)
    if let judged = end.judged { ordering.note(judged) }
    choose(end, after: directive)
    if followsEvaluation { try cut(directive, segment) }
    guard endsEpoch else { return end }
    func added(_ seconds: KeyPath<WorkerReport, Double>) -> [Double] {
      zip(end.reports, reportsBefore).map { $0[keyPath: seconds] - $1[keyPath: seconds] }
    }
    let names = configuration.method.lossNames(of: configuration.modalities.map(\.name))
    try session.observer.epochEnded(
      EpochRecord(
        epoch: directive.epoch, training: zip(names, totals).map { (name: $0, totals: $1) },
        head: head, order: head == nil ? nil : order, evaluation: end.judged,
        learningRates: learningRates(in: directive.epoch),
        headLearningRate: headLearningRate(in: directive.epoch), seconds: seconds,
        waitedSeconds: added(\.waiting.seconds), dataWaitSeconds: added(\.waitedForSamples),
        skippedCounts: end.reports.map(\.skippedCount),
        notes: .init(coordinator: notes, workers: end.reports.map(\.notes))))
    reportsBefore = end.reports
    return end
  }

  /// Takes note of what the model is worth that an epoch has led to.
  private func choose(_ end: EpochEnd, after directive: Directive) {
    guard selection.options.isActive, !directive.cycles.isEmpty, let judged = end.judged else {
      return
    }
    let isBest = selection.note(judged, epoch: directive.epoch + 1)
    schedule.decided(
      keeps: selection.isOver || isBest && selection.options.keep == .best,
      isOver: selection.isOver)
  }

  /// Begins the checkpoint that a directive orders, if it does.
  private func cut(_ directive: Directive, _ segment: Int) throws {
    guard !directive.checkpoint.isEmpty else { return }
    try Trace.span("checkpoint") {
      // One that failed may have held the model that is kept: that is known before its state is taken.
      try keeper.collect(waiting: true)
      try keeper.cut(
        directive, segment: segment, weights: method.weights, rest: rest, seconds: seconds,
        keeping: selection.kept.map { RunPosition(epoch: $0.epoch) })
    }
  }
}
