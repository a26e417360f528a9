import Configuration
import Exchange
import MLA
import Tensors

/// Trains a fixed number of cycles and tells what they took: a run without evaluation, files and end.
final class CycleTimer {
  private let session: CoordinatorSession
  private let team: Team
  private let plan: TrainingPlan
  private let ends = CycleEnds()
  private let method: any CoordinatorMethod

  init(_ session: CoordinatorSession, team: Team) {
    self.session = session
    self.team = team
    let configuration = session.configuration
    plan = TrainingPlan(configuration, roster: team.roster.rosters.train)
    let (ends, cyclesPerEpoch) = (ends, plan.cyclesPerEpoch)
    var rank = CoordinatorRank(
      configuration: configuration, endpoint: session.endpoint, leaders: session.layout.leaders,
      trainLabels: team.roster.trainLabels, turnEnded: { turn, _ in ends.note(turn.cycle) },
      jointBatchEnded: { epoch, batch, _ in ends.note(epoch * cyclesPerEpoch + batch) })
    rank.rosters = team.roster.rosters
    rank.validationLabels = team.roster.labels(of: .validation)
    method = configuration.method.coordinator(of: rank)
  }

  /// Trains `warmUp` cycles, then `count` that are timed.
  func run(warmUp: Int, count: Int) throws -> TimedCycles {
    let endpoint = session.endpoint
    endpoint.restartWaiting()
    let directives = Self.directives(
      warmUp: warmUp, count: count, cyclesPerEpoch: plan.cyclesPerEpoch)
    try order(directives[0], 0)
    var before = [WorkerReport](repeating: WorkerReport(), count: session.layout.leaders.count)
    var after = before
    var (busy, cycle) = (0.0, 0)
    var epochPlan: EpochPlan?
    // Nothing is evaluated, so that every epoch has the order of the first.
    let ordering = TurnOrdering(session.configuration)
    var totals = session.configuration.method.lossNames(
      of: session.configuration.modalities.map(\.name)
    ).map { _ in TrainingTotals() }
    for (segment, directive) in directives.enumerated() {
      if segment + 1 < directives.count { try order(directives[segment + 1], segment + 1) }
      if epochPlan?.epoch != directive.epoch {
        epochPlan = try ordering.plan(
          directive.epoch, of: plan, telling: session.layout.leaders, over: endpoint)
      }
      let (began, waited) = (ContinuousClock.now, endpoint.waiting.seconds)
      if let epochPlan { try method.train(epochPlan.part(directive.cycles), adding: &totals) }
      if cycle >= warmUp { busy += began.secondsAgo - (endpoint.waiting.seconds - waited) }
      cycle += directive.cycles.count
      guard directive.isReported else { continue }
      before = after
      after = try EpochEnd(directive, session, team: team, method: method).reports
    }
    return TimedCycles(
      cycles: ends.durations(from: warmUp, to: warmUp + count), coordinatorBusySeconds: busy,
      workers: workers(before, after),
      weightsDigest: try HeadFile.digest(method.weights, with: after.map(\.weightsDigest)))
  }

  private func workers(_ before: [WorkerReport], _ after: [WorkerReport]) -> [TimedCycles.Worker] {
    after.indices.flatMap { modality -> [TimedCycles.Worker] in
      let name = session.configuration.modalities[modality].name
      let reports = zip(
        [before[modality]] + before[modality].followers,
        [after[modality]] + after[modality].followers)
      return zip(team.members[modality], reports).enumerated().map { place, group in
        let (member, (earlier, later)) = group
        return TimedCycles.Worker(
          rank: session.layout.leaders[modality] + place,
          role: place == 0 ? name : "\(name)/\(place)", host: member.host,
          arithmetic: member.arithmetic, phases: later.phases - earlier.phases,
          peakMemoryByteCount: later.peakMemoryByteCount)
      }
    }
  }

  private func order(_ directive: Directive, _ segment: Int) throws {
    for leader in session.layout.leaders {
      try session.endpoint.send(directive, number: segment, to: leader)
    }
  }

  /// Segments that end where an epoch ends, where warming up does, and where all does; workers report at
  /// the latter two.
  static func directives(warmUp: Int, count: Int, cyclesPerEpoch: Int) -> [Directive] {
    var directives: [Directive] = []
    var cycle = 0
    while cycle < warmUp + count {
      let (epoch, first) = (cycle / cyclesPerEpoch, cycle % cyclesPerEpoch)
      let goal = cycle < warmUp ? warmUp : warmUp + count
      var directive = Directive()
      directive.epoch = epoch
      directive.cycles = first..<min(cyclesPerEpoch, first + goal - cycle)
      cycle += directive.cycles.count
      directive.isReported = cycle == goal
      directive.isLast = cycle == warmUp + count
      directives.append(directive)
    }
    return directives
  }
}

/// When cycles were over.
final class CycleEnds {
  private var ends: [Int: ContinuousClock.Instant] = [:]

  /// A turn of a cycle is over; the last one that is noted is its end.
  func note(_ cycle: Int) { ends[cycle] = .now }

  /// Seconds of the cycles of a range, each from the end of the one before; those that have none before
  /// them in the range are left out.
  func durations(from first: Int, to end: Int) -> [Double] {
    guard end - first > 1 else { return [] }
    return (first + 1..<end).compactMap { cycle in
      guard let before = ends[cycle - 1], let here = ends[cycle] else { return nil }
      return (here - before).seconds
    }
  }
}

extension CoordinatorSession {
  /// Trains `warmUp` cycles from fresh weights, then `count` that are timed, and leaves nothing.
  public func time(warmUp: Int, count: Int) throws -> TimedCycles {
    precondition(warmUp >= 1 && count >= 2)
    return try CycleTimer(self, team: Team(self, origin: nil)).run(warmUp: warmUp, count: count)
  }
}
