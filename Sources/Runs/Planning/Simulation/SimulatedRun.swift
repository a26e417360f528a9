import Coordinator
import Datasets
import Exchange
import MLA
import Networks
import Planning
import Synchronization
import Tensors
import Worker

/// A planned run, simulated: the coordinator's and the leaders' own roles over links with virtual clocks,
/// with stand-ins for encoders. The second opinion on a plan: it knows no formula for a cycle.
///
/// Only sizes of messages are those of the run; what is in them is as small as it can be.
public struct SimulatedRun: Sendable {
  private let model: CostModel
  private let run: PlannedRun
  private let placement: Placement
  private let groups: [SimulatedGroup]
  private let rankCount: Int

  /// The cycles that are simulated, and those before the first one that counts.
  private static let (cycles, first) = (6, 2)

  /// A simulation of `run`, which alternates.
  public init(_ model: CostModel, _ run: PlannedRun) {
    precondition(run.conversation == .alternating)
    (self.model, self.run) = (model, run)
    let placement = Placement(run, on: model.cluster)
    self.placement = placement
    var next = run.rankCount
    groups = run.modalities.indices.map { place in
      let group = SimulatedGroup(model, run, placement, place: place, firstAgent: next)
      next += group.agents.count
      return group
    }
    rankCount = next
  }

  /// Seconds of a cycle once it goes round.
  public func cycle() throws -> Double {
    let ends = Mutex<[Double]>([])
    try Simulation.run(ranks: rankCount, links: links) { endpoint, clock in
      let rank = endpoint.worldRank
      if rank == 0 {
        return try conduct(endpoint, clock) { time in ends.withLock { $0.append(time) } }
      }
      guard rank < run.rankCount else { return try answer(endpoint, clock) }
      guard let place = placement.groups.firstIndex(where: { $0.contains(rank) }) else { return }
      let index = rank - placement.groups[place].lowerBound
      let replica = SimulatedReplica(
        group: groups[place], place: index, endpoint: endpoint, clock: clock)
      guard index > 0 else { return try lead(place, replica) }
      for _ in 0..<Self.cycles {
        try replica.forward()
        try replica.backward()
      }
    }
    let times = ends.withLock { $0 }
    guard let last = times.last, times.count > Self.first else { return 0 }
    return (last - times[Self.first - 1]) / Double(times.count - Self.first)
  }

  /// A sample for each cycle: a turn's messages do not depend on how many there are.
  private var plan: EpochPlan {
    let rows = Array(0..<Int32(Self.cycles))
    return TrainingPlan(
      roster: Roster(
        sampleCount: Self.cycles, rows: Array(repeating: rows, count: run.modalities.count)),
      sampling: .shared, batchSize: 1, order: Array(run.modalities.indices), seed: 0
    ).epoch(0)
  }

  private static let (classes, features) = (2, 1)

  private func conduct(
    _ endpoint: Endpoint, _ clock: Simulation.Clock, _ cycleEnded: @escaping (Double) -> Void
  ) throws {
    var generator = SeededGenerator(seed: 0, stream: "head")
    var unmodified = HeadGradientModification()
    unmodified.isEnabled = false
    let head = SharedHead(
      Head(
        classCount: Self.classes, featureCount: Self.features, generator: &generator),
      modalityCount: run.modalities.count, options: unmodified, optimizer: OptimizerOptions())
    let settle = Double(run.absorptions) * model.profile.head.settle.median
    let service = AlternatingService(
      head: head, endpoint: endpoint, leaders: placement.groups.map(\.lowerBound),
      learningRate: { _ in 1e-3 },
      observe: { record in
        // The next head has left: what a turn absorbs delays nobody but the coordinator.
        clock.advance(by: settle)
        if record.turn.modality == run.modalities.count - 1 { cycleEnded(clock.now) }
      })
    var totals = Array(repeating: TrainingTotals(), count: run.modalities.count)
    try service.train(plan, adding: &totals)
  }

  private func lead(_ place: Int, _ replica: SimulatedReplica) throws {
    let layer = SimulatedLayer(replica, features: Self.features)
    let encoder = Encoder(inputShape: [1], layers: [("simulated", layer)])
    let learner = ModalityLearner(
      encoder: encoder, source: Zeros(count: Self.cycles), classCount: Self.classes, capacity: 1,
      options: OptimizerOptions())
    try AlternatingTurns(
      learner: learner, modality: place, batchSize: 1, endpoint: replica.endpoint
    ).train(plan)
    if let failure = layer.failure { throw failure }
  }

  private func answer(_ endpoint: Endpoint, _ clock: Simulation.Clock) throws {
    for group in groups {
      guard let place = group.agents.firstIndex(of: endpoint.worldRank) else { continue }
      let replica = SimulatedReplica(
        group: group, place: place, endpoint: endpoint, clock: clock)
      for _ in 0..<Self.cycles { try replica.answerSlices() }
    }
  }

  /// The links of all ranks, agents on the nodes of theirs.
  private var links: SimulatedLinks {
    var nodes = placement.nodes
    for group in groups where !group.agents.isEmpty {
      nodes += group.ranks.map { placement.nodes[$0] }
    }
    let (model, run, ranks) = (model, run, run.rankCount)
    let placed = nodes
    let owners = placement.groups
    let head = model.profile.head.apply.median
    func modality(_ rank: Int) -> Int? { owners.firstIndex { $0.contains(rank) } }
    // By rank: what a message between it and the coordinator has, and what the head takes there.
    let turns = (0..<ranks).map { rank -> (down: Double, up: Double, seconds: Double) in
      guard let place = modality(rank) else { return (0, 0, 0) }
      let (down, up) = model.turnByteCounts(of: place, in: run)
      return (down, up, groups[place].work.head.turn)
    }
    @Sendable func link(_ from: Int, _ to: Int) -> NetworkProfile.Link {
      placed[from] == placed[to]
        ? model.network.sameNode : model.network.betweenNodes ?? model.network.sameNode
    }
    let rate = model.network.betweenNodes?.bothWays ?? model.network.sameNode.bothWays
    return SimulatedLinks(
      nodes: nodes,
      byteCount: { from, to, given in
        if from == 0 { return turns[to].down }
        return to == 0 ? turns[from].up : Double(given)
      },
      latency: { link($0, $1).awake($2) },
      // Agents stand for what looks for itself.
      wakeUp: { $1 < ranks ? link($0, $1).wakeUp : 0 },
      wire: { $0 / rate },
      work: { receiver, sender in
        if receiver == 0 { return head }
        return sender == 0 ? turns[receiver].seconds : 0
      })
  }
}

/// Samples without content.
private struct Zeros: SampleSource {
  let ids: [String]
  let labels: [Int]
  let sampleShape: Shape = [1]

  init(count: Int) {
    ids = (0..<count).map(String.init)
    labels = (0..<count).map { $0 % 2 }
  }

  func read(_ index: Int, into destination: inout MutableSpan<Float>) {
    for place in destination.indices { destination[place] = 0 }
  }
}

/// Stands in for an encoder: what it takes goes by on the rank's clock.
private final class SimulatedLayer: Layer {
  let outputShape: Shape
  /// What went wrong in a pass, which cannot throw.
  private(set) var failure: (any Error)?
  private let replica: SimulatedReplica
  private let output: Tensor

  init(_ replica: SimulatedReplica, features: Int) {
    self.replica = replica
    outputShape = [features]
    output = Tensor(outputShape, capacity: 1)
    output.held.update(repeating: 0)
  }

  private func noting(_ body: () throws -> Void) {
    guard failure == nil else { return }
    do { try body() } catch { failure = error }
  }

  func forward(_ input: Tensor, mode: Mode) -> Tensor {
    noting(replica.forward)
    output.count = input.count
    return output
  }

  func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    noting(replica.backward)
    return nil
  }

  func parts(from input: Tensor, to output: Tensor, wantsInputGradient: Bool) -> [LayerPart] { [] }
  func observeParts(_ partEnded: ((String) -> Void)?) {}
}
