/// What a cycle of a run costs: the formulas of `docs/planning.md` over tables that were measured.
///
/// A cycle is the longest of several loops that go on at the same time: each modality's own work, all turns
/// one after the other, a node's cores, the coordinator's link. It is no sum: a worker's turn is a part of
/// its work, and the turns of others pass meanwhile.
public struct CostModel: Sendable {
  /// What was measured of encoders and head.
  public let profile: Profile
  /// What was measured of messages.
  public let network: NetworkProfile
  /// The machines.
  public let cluster: Cluster

  /// A model over these tables.
  public init(profile: Profile, network: NetworkProfile, cluster: Cluster) {
    (self.profile, self.network, self.cluster) = (profile, network, cluster)
  }

  /// What `run` would cost.
  public func predict(_ run: PlannedRun) -> Prediction {
    let placement = Placement(run, on: cluster)
    var works = run.modalities.indices.map { work(of: $0, in: run, placement) }
    addSkew(&works, run)
    let turns = run.modalities.indices.map { turn(of: $0, in: run, placement) }
    let bounds = bounds(of: run, works, turns, placement).sorted { $0.seconds > $1.seconds }
    let ledger = Ledger(model: self, run: run, placement: placement)
    return Prediction(
      cycle: bounds.first?.seconds ?? 0, works: works, turns: turns, bounds: bounds,
      ranks: ledger.ranks(works, turns), memory: ledger.memory, sharedMemory: ledger.sharedMemory,
      ideal: run.modalities.map { passes(of: $0, slowdown: 1).seconds }.max() ?? 0)
  }
}

// MARK: - A turn

extension CostModel {
  /// The bytes of a turn's messages, and of what is sent ahead of it.
  func messages(
    of modality: PlannedRun.Modality, in run: PlannedRun
  ) -> (down: Double, up: Double, ahead: Double) {
    let (k, d) = (Double(profile.head.classes), Double(profile.head.features))
    let n = Double(profile.modalities[modality.profile].batchSize)
    switch run.conversation {
    case .alternating:
      let head = 16 + 4 * k * (d + 1)
      return run.sendsFactors
        ? (head, 48 + 4 * n * k, 24 + 4 * n * d) : (head, 24 + 8 * d + head, 0)
    case .joint: return (16 + 4 * n * k, 16 + 4 * n * k, 0)
    case .separate: return (0, 40, 0)
    }
  }

  /// The link between two nodes.
  func link(_ first: Int, _ second: Int) -> NetworkProfile.Link {
    first == second ? network.sameNode : network.betweenNodes ?? network.sameNode
  }

  /// A turn as the others see it: head down, the worker's part, update up, the coordinator's part. Both
  /// sides sleep when their message comes.
  func turn(of place: Int, in run: PlannedRun, _ placement: Placement) -> Double {
    guard run.conversation == .alternating else { return 0 }
    let modality = run.modalities[place]
    let (down, up, _) = messages(of: modality, in: run)
    let link = link(0, placement.leaderNode(of: place))
    let apply = profile.head.apply.median
    let turn =
      link.asleep(down) + profile.modalities[modality.profile].headPart.median + link.asleep(up)
      + apply
    // What is absorbed after a head has left must be over before the update comes.
    return max(turn, apply + Double(run.absorptions) * profile.head.settle.median)
  }
}

// MARK: - What can be the slowest

extension CostModel {
  /// Adds what waiting for the slowest of a modality's ranks takes.
  private func addSkew(_ works: inout [Prediction.Work], _ run: PlannedRun) {
    for (place, modality) in run.modalities.enumerated() {
      let spread = profile.modalities[modality.profile].spread * NormalMaximum.deviationsPerSpread
      works[place].skew =
        works[place].seconds * spread * NormalMaximum.expected(of: modality.ranks)
    }
  }

  private func bounds(
    of run: PlannedRun, _ works: [Prediction.Work], _ turns: [Double], _ placement: Placement
  ) -> [Prediction.Bound] {
    var bounds: [Prediction.Bound] = []
    var cores = Array(repeating: 0.0, count: cluster.nodes)
    var streams = (bytes: 0.0, count: 0)
    // With one loss, each waits for the others twice in a mini-batch.
    let wait = run.conversation == .joint ? jointWait(run, placement) : 0
    for (place, modality) in run.modalities.enumerated() {
      let measured = profile.modalities[modality.profile]
      bounds.append(.init(kind: .work(place), seconds: works[place].seconds + wait))
      if measured.isLoadedAhead {
        let share = Double(measured.batchSize) / Double(modality.ranks)
        bounds.append(.init(kind: .loading(place), seconds: share * measured.load.median))
      }
      let processor =
        processorTime(of: modality) * slowdown(of: place, run, placement) + works[place].step
      for node in placement.nodes[placement.groups[place]] { cores[node] += processor }
      if placement.leaderNode(of: place) != 0 {
        let (down, up, ahead) = messages(of: modality, in: run)
        streams.bytes += max(down, up + ahead)
        streams.count += 1
      }
    }
    for (node, seconds) in cores.enumerated() where seconds > 0 {
      bounds.append(.init(kind: .cores(node), seconds: seconds / Double(cluster.cores)))
    }
    if run.conversation == .alternating {
      bounds.append(.init(kind: .turns, seconds: turns.reduce(0, +)))
    }
    if streams.count > 0, let between = network.betweenNodes {
      bounds.append(
        .init(kind: .link, seconds: streams.bytes / between.into(Double(streams.count))))
    }
    return bounds
  }

  /// Logits to the coordinator, their gradients back, for all modalities.
  private func jointWait(_ run: PlannedRun, _ placement: Placement) -> Double {
    run.modalities.indices.map { place in
      let (down, up, _) = messages(of: run.modalities[place], in: run)
      let link = link(0, placement.leaderNode(of: place))
      return link.asleep(up) + link.asleep(down)
    }.max() ?? 0
  }
}
