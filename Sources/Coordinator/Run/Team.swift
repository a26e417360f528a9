import Configuration
import Exchange
import MLA
import Tensors

/// The workers of a run, ready to train.
struct Team {
  let roster: RosterBuilder
  let facts: RunFacts
  /// What the leaders have told, by modality.
  let inventories: [Inventory]
  /// The ranks of each modality, the leader first: where they are, and what they compute with.
  let members: [[TeamMember]]

  /// Hands out the assignments and waits until every worker stands.
  ///
  /// - Parameter origin: what the run goes on from; nil: fresh weights.
  init(_ session: CoordinatorSession, origin: RunOrigin?) throws {
    let (configuration, endpoint, layout) = (
      session.configuration, session.endpoint, session.layout
    )
    let names = configuration.modalities.map(\.name)
    try Self.assign(session, origin: origin)
    var told = try Self.inventories(session)
    for (modality, part) in origin?.absent ?? [:] {
      told[modality][0].sampleShape = part.sampleShape
    }
    let members = names.indices.map { modality in
      zip(layout.places(of: modality), told[modality]).map {
        TeamMember(name: $0.described(names[modality]), place: $0, inventory: $1)
      }
    }
    for member in members.joined() {
      endpoint.describe(member.place.rank, as: "\(member.name), host \(member.host)")
    }
    let inventories = told.map { $0[0] }
    try origin?.check(inventories, host: session.host, of: configuration)
    try TeamMember.check(members, endpoint)
    let isTest = origin?.testCapacities != nil
    let roster =
      isTest
      ? try RosterBuilder(testing: inventories, configuration: configuration)
      : try RosterBuilder(
        inventories, configuration: configuration, absent: Set((origin?.absent ?? [:]).keys))
    if !isTest, origin?.isResumed != false { try roster.checkTraining(configuration) }
    try Self.checkMemory(of: members.flatMap(\.self), roster.rosters, session)
    let workers = 1..<layout.size
    for rank in workers { try endpoint.send(roster.rosters, to: rank) }
    let ready = try Self.fromEach(layout.groups) { ranks in
      let leader = try endpoint.receive(Ready(), from: ranks.lowerBound)
      _ = try Self.fromEach(Array(ranks.dropFirst())) { try endpoint.receive(Ready(), from: $0) }
      return leader
    }
    self.roster = roster
    self.inventories = inventories
    self.members = members
    let rosters = roster.rosters
    let plan = TrainingPlan(configuration, roster: rosters.train)
    facts = RunFacts(
      modalities: layout.groups.enumerated().map { modality, ranks in
        RunFacts.Modality(
          name: names[modality], ranks: ranks, hosts: TeamMember.hosts(of: members[modality]),
          sampleShape: inventories[modality].sampleShape,
          parameterCount: ready[modality].parameterCount,
          trainCount: rosters.train.samples(of: modality).count,
          validationCount: rosters.validation.samples(of: modality).count,
          testCount: rosters.test.samples(of: modality).count)
      },
      trainCount: rosters.train.sampleCount, validationCount: rosters.validation.sampleCount,
      testCount: rosters.test.sampleCount, cyclesPerEpoch: plan.cyclesPerEpoch, rosters: rosters,
      warnings: (origin?.absences ?? []) + roster.warnings
        + (session.fusion == nil && origin?.testCapacities == nil
          ? FittedFusion.warnings(configuration, validation: rosters.validation) : [])
        + RankArithmetic.warnings(
          [("coordinator", .here)] + members.joined().map { ($0.shortName, $0.arithmetic) },
          products: configuration.execution.products)
        + zip(names, ready).filter { !$1.notice.isEmpty }.map { "modality \($0): \($1.notice)" },
      leftOut: zip(names, inventories).flatMap { name, inventory in
        inventory.leftOut.map { (name, $0) }
      },
      notes: configuration.methodNotes
        + (origin?.isResumed == false ? [] : Self.balanceNotes(configuration, roster))
        + zip(names, inventories).flatMap { name, inventory in
          inventory.notes.map { "modality \(name) \($0)" }
        } + members.compactMap(TeamMember.span))
  }

  /// The first of some splits that has samples.
  func split(preferring splits: EvaluatedSplit...) -> EvaluatedSplit? {
    splits.first { roster.rosters[$0].sampleCount > 0 }
  }

  /// What is to be said of how classes count.
  private static func balanceNotes(
    _ configuration: RunConfiguration, _ roster: RosterBuilder
  ) -> [String] {
    guard configuration.classWeights == .balanced,
      let least = roster.rosters.classWeights.min(), let most = roster.rosters.classWeights.max()
    else { return [] }
    func name(_ weight: Double) -> String {
      configuration.classes[roster.rosters.classWeights.firstIndex(of: weight) ?? 0].legible()
    }
    func brief(_ weight: Double) -> String { "\((weight * 1000).rounded() / 1000)" }
    return [
      "class_weights: balanced gives each sample of '\(name(most))' the weight \(brief(most)), and of '\(name(least))' \(brief(least))"
    ]
  }

  /// Tells every rank of every modality what it is to do.
  private static func assign(_ session: CoordinatorSession, origin: RunOrigin?) throws {
    let (configuration, endpoint) = (session.configuration, session.endpoint)
    // Also those without a part in this run, who wait for the next.
    endpoint.dependants = Array(1..<max(1, endpoint.worldSize))
    for (modality, configured) in configuration.modalities.enumerated() {
      for place in session.layout.places(of: modality) {
        endpoint.describe(place.rank, as: place.described(configured.name))
        let work = Assignment.Work(
          modality: modality, place: place, configuration: configuration.yaml,
          runDirectory: session.runDirectory, weights: origin?.folder(of: modality) ?? "",
          isResumed: origin?.isResumed ?? false, isAbsent: origin?.absent[modality] != nil,
          testCapacity: origin?.testCapacities?[modality] ?? 0,
          coordinator: "coordinator, host \(session.host)")
        try endpoint.send(Assignment.work(work), to: place.rank)
      }
    }
  }

  /// What every rank has, by modality and place. Followers of a leader that refuses say nothing.
  private static func inventories(_ session: CoordinatorSession) throws -> [[Inventory]] {
    let endpoint = session.endpoint
    let began = ContinuousClock.now
    defer { endpoint.whileWaiting = nil }
    return try fromEach(Array(session.layout.groups.enumerated())) { modality, ranks in
      endpoint.whileWaiting = {
        session.observer.waitsForData(
          of: session.configuration.modalities[modality].name,
          seconds: (ContinuousClock.now - began).seconds)
      }
      let leaders = try endpoint.receive(Inventory(), from: ranks.lowerBound)
      return [leaders]
        + (try fromEach(Array(ranks.dropFirst())) { try endpoint.receive(Inventory(), from: $0) })
    }
  }

  /// Refuses a run that the ranks of a host cannot hold together.
  private static func checkMemory(
    of members: [TeamMember], _ rosters: Rosters, _ session: CoordinatorSession
  ) throws {
    let configuration = session.configuration
    let samples = max(rosters.validation.sampleCount, rosters.test.sampleCount)
    let coordinator = configuration.coordinatorMemory(
      evaluating: samples, training: rosters.train.sampleCount)
    if let problem = coordinator.problem() {
      throw CoordinatorError.outOfMemory("rank 0 (coordinator): \(problem)")
    }
    for host in Set(members.map(\.host)).sorted() {
      let here = members.filter { $0.host == host }
      var needs = TeamMember.needs(here)
      if host == session.host { needs.append(("coordinator", coordinator.byteCount)) }
      let available = here.map(\.availableByteCount).min() ?? .max
      if let problem = MemoryNeeds.problem(ofHost: host, needs, available: available) {
        throw CoordinatorError.outOfMemory(problem)
      }
    }
  }

  /// Hears every rank before it fails, so that one look tells all that is wrong with the data.
  static func fromEach<Rank, R>(
    _ ranks: [Rank], _ body: (Rank) throws -> R
  ) throws -> [R] {
    var answers: [R] = []
    var refusals: [String] = []
    for rank in ranks {
      do {
        answers.append(try body(rank))
      } catch ExchangeError.refused(let by, let reason) {
        refusals.append("\(by): \(reason)")
      } catch CoordinatorError.refusals(let several) {
        refusals += several
      }
    }
    guard refusals.isEmpty else { throw CoordinatorError.refusals(refusals) }
    return answers
  }
}
