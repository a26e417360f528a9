import Exchange
import Planning

/// A message of which only the size counts.
struct SimulatedBytes: Message {
  static let kind = MessageKind(212, "simulatedBytes", by: .round)
  mutating func layout(_ fields: Fields) throws {}
}

/// A simulated rank's part in what its modality's ranks do together.
///
/// Each rank of a group that spans nodes has an agent, a rank that computes nothing: it takes the slices of
/// gradients that the other nodes send to the owner, and sends new values back as soon as all are there.
struct SimulatedGroup: Sendable {
  /// What every rank of the group computes.
  let work: RankWork
  /// The ranks of the group, the leader first.
  let ranks: [Int]
  /// The agents of the ranks, in the same order; none where the group is on one node.
  let agents: [Int]
  /// For each rank, the places of those on other nodes that own the same slice there.
  let peers: [[Int]]
  /// The bytes of each bucket's slice that goes to one owner.
  let slices: [Double]

  /// The group of the modality at `place`, with agents from rank `firstAgent` on.
  init(_ model: CostModel, _ run: PlannedRun, _ placement: Placement, place: Int, firstAgent: Int) {
    work = model.rankWork(of: place, in: run, placement)
    let ranks = Array(placement.groups[place])
    let nodes = ranks.map { placement.nodes[$0] }
    let spread = placement.spread(of: place)
    let isWide = spread.count > 1
    self.ranks = ranks
    agents = isWide ? ranks.indices.map { firstAgent + $0 } : []
    // A rank's number on its node.
    let numbers = ranks.indices.map { index in
      nodes[..<index].filter { $0 == nodes[index] }.count
    }
    peers = ranks.indices.map { index in
      ranks.indices.filter { nodes[$0] != nodes[index] && numbers[$0] == numbers[index] }
    }
    let here = Double(spread.values.max() ?? 1)
    slices = work.byteCounts.map { $0 / here / Double(spread.count) }
  }
}

/// One simulated rank of a group.
struct SimulatedReplica {
  let group: SimulatedGroup
  let place: Int
  let endpoint: Endpoint
  let clock: Simulation.Clock

  private func send(_ byteCount: Double, to rank: Int) throws {
    clock.declare(byteCount: Int(byteCount))
    try endpoint.send(SimulatedBytes(), number: 0, to: rank)
  }

  private func receive(from rank: Int) throws {
    try endpoint.receive(SimulatedBytes(), number: 0, from: rank)
  }

  private var work: RankWork { group.work }

  /// The forward pass; features go to the leader.
  func forward() throws {
    clock.advance(by: work.forward)
    let leader = group.ranks[0]
    if place > 0 { return try send(work.featureByteCount, to: leader) }
    for rank in group.ranks.dropFirst() { try receive(from: rank) }
  }

  /// Feature gradients to all; the backward pass, with sums and slices on the way; then new values.
  func backward() throws {
    if place > 0 {
      try receive(from: group.ranks[0])
    } else {
      clock.advance(by: work.head.after)
      for rank in group.ranks.dropFirst() { try send(work.featureByteCount, to: rank) }
    }
    guard group.ranks.count > 1 else { return clock.advance(by: work.backward + work.step) }
    var last = 0.0
    for (bucket, ready) in work.ready.enumerated() {
      clock.advance(by: ready - last + work.sums[bucket])
      last = ready
      guard !group.agents.isEmpty else { continue }
      try send(0, to: group.agents[place])
      for peer in group.peers[place] { try send(group.slices[bucket], to: group.agents[peer]) }
    }
    clock.advance(by: work.backward - last)
    guard !group.agents.isEmpty else { return }
    for _ in work.ready {
      for peer in group.peers[place] { try receive(from: group.agents[peer]) }
    }
  }

  /// What the agent of this rank does in a backward pass.
  func answerSlices() throws {
    for slice in group.slices {
      try receive(from: group.ranks[place])
      for peer in group.peers[place] { try receive(from: group.ranks[peer]) }
      for peer in group.peers[place] { try send(slice, to: group.ranks[peer]) }
    }
  }
}
