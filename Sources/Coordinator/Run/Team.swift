import Configuration
import Exchange
import MLA
import Tensors

/// The workers of a run, ready to train.
struct Team {
  let roster: RosterBuilder
  let facts: RunFacts
  let inventories: [Inventory]

  /// Hands out the assignments and waits until every worker stands.
  ///
  /// - Parameter origin: what the run goes on from; nil: fresh weights.
  init(_ session: CoordinatorSession, origin: RunOrigin?) throws {
    let (configuration, endpoint, leaders) =
      (session.configuration, session.endpoint, session.layout.leaders)
    // Also those without a part in this run, who wait for the next.
    endpoint.dependants = Array(1..<max(1, endpoint.worldSize))
    for (modality, leader) in leaders.enumerated() {
      endpoint.describe(leader, as: "modality \(configuration.modalities[modality].name)")
      let work = Assignment.Work(
        modality: modality, configuration: configuration.yaml,
        runDirectory: session.runDirectory, weights: origin?.folder(of: modality) ?? "",
        isResumed: origin?.isResumed ?? false, isAbsent: origin?.absent[modality] != nil,
        coordinator: "coordinator, host \(session.host)")
      try endpoint.send(Assignment.work(work), to: leader)
    }
    let began = ContinuousClock.now
    defer { endpoint.whileWaiting = nil }
    var inventories = try Self.fromEach(Array(leaders.enumerated())) { modality, leader in
      endpoint.whileWaiting = {
        session.observer.waitsForData(
          of: configuration.modalities[modality].name,
          seconds: (ContinuousClock.now - began).seconds)
      }
      return try endpoint.receive(Inventory(), from: leader)
    }
    endpoint.whileWaiting = nil
    for (modality, part) in origin?.absent ?? [:] {
      inventories[modality].sampleShape = part.sampleShape
    }
    for (modality, leader) in leaders.enumerated() {
      let name = configuration.modalities[modality].name
      endpoint.describe(leader, as: "modality \(name), host \(inventories[modality].host)")
    }
    try origin?.check(inventories, host: session.host, of: configuration)
    let roster = try RosterBuilder(
      inventories, configuration: configuration, absent: Set((origin?.absent ?? [:]).keys))
    try Self.checkMemory(of: inventories, roster.rosters, session)
    for leader in leaders { try endpoint.send(roster.rosters, to: leader) }
    let parameterCounts = try Self.fromEach(leaders) { leader in
      try endpoint.receive(Ready(), from: leader).parameterCount
    }
    self.roster = roster
    self.inventories = inventories
    let rosters = roster.rosters
    let plan = TrainingPlan(configuration, roster: rosters.train)
    facts = RunFacts(
      modalities: leaders.enumerated().map { modality, leader in
        RunFacts.Modality(
          name: configuration.modalities[modality].name, rank: leader,
          host: inventories[modality].host, sampleShape: inventories[modality].sampleShape,
          parameterCount: parameterCounts[modality],
          trainCount: rosters.train.samples(of: modality).count,
          validationCount: rosters.validation.samples(of: modality).count,
          testCount: rosters.test.samples(of: modality).count)
      },
      trainCount: rosters.train.sampleCount, validationCount: rosters.validation.sampleCount,
      testCount: rosters.test.sampleCount, cyclesPerEpoch: plan.cyclesPerEpoch, rosters: rosters,
      warnings: (origin?.absences ?? []) + roster.warnings
        + RankArithmetic.warnings(
          [("coordinator", .here)]
            + zip(configuration.modalities.map(\.name), inventories.map(\.arithmetic)),
          products: configuration.execution.products),
      leftOut: zip(configuration.modalities, inventories).flatMap { modality, inventory in
        inventory.leftOut.map { (modality.name, $0) }
      },
      notes: zip(configuration.modalities, inventories).flatMap { modality, inventory in
        inventory.notes.map { "modality \(modality.name) \($0)" }
      })
  }

  /// The first of some splits that has samples.
  func split(preferring splits: EvaluatedSplit...) -> EvaluatedSplit? {
    splits.first { roster.rosters[$0].sampleCount > 0 }
  }

  /// Refuses a run that the ranks of a host cannot hold together.
  private static func checkMemory(
    of inventories: [Inventory], _ rosters: Rosters, _ session: CoordinatorSession
  ) throws {
    let configuration = session.configuration
    let samples = max(rosters.validation.sampleCount, rosters.test.sampleCount)
    let coordinator = configuration.coordinatorMemory(
      evaluating: samples, training: rosters.train.sampleCount)
    if let problem = coordinator.problem() {
      throw CoordinatorError.outOfMemory("rank 0 (coordinator): \(problem)")
    }
    for host in Set(inventories.map(\.host)).sorted() {
      let here = zip(configuration.modalities.map(\.name), inventories).filter { $1.host == host }
      var needs = here.map { (name: "modality \($0)", byteCount: $1.neededByteCount) }
      if host == session.host { needs.append(("coordinator", coordinator.byteCount)) }
      let available = here.map(\.1.availableByteCount).min() ?? .max
      if let problem = MemoryNeeds.problem(ofHost: host, needs, available: available) {
        throw CoordinatorError.outOfMemory(problem)
      }
    }
  }

  /// Hears every rank before it fails, so that one look tells all that is wrong with the data.
  private static func fromEach<Rank, R>(
    _ ranks: [Rank], _ body: (Rank) throws -> R
  ) throws -> [R] {
    var answers: [R] = []
    var refusals: [String] = []
    for rank in ranks {
      do {
        answers.append(try body(rank))
      } catch ExchangeError.refused(let by, let reason) {
        refusals.append("\(by): \(reason)")
      }
    }
    guard refusals.isEmpty else { throw CoordinatorError.refusals(refusals) }
    return answers
  }
}
