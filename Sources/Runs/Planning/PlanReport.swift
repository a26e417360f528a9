import Planning
import Storage

/// A prediction as people and scripts read it.
public struct PlanReport {
  let model: CostModel
  let run: PlannedRun
  let prediction: Prediction
  /// A cycle as it was simulated; nil: it was not.
  let simulated: Double?

  /// The report of what `model` says of `run`.
  ///
  /// - Parameter simulates: whether the roles are asked too, where they alternate.
  public init(_ model: CostModel, _ run: PlannedRun, simulates: Bool = false) throws {
    (self.model, self.run) = (model, run)
    prediction = model.predict(run)
    simulated =
      simulates && run.conversation == .alternating ? try SimulatedRun(model, run).cycle() : nil
  }

  /// What binds, in words.
  func name(of kind: Prediction.Bound.Kind) -> String {
    switch kind {
    case .work(let place):
      "\(run.modalities[place].name)'s \(Self.largestPart(of: prediction.works[place]))"
    case .loading(let place): "loading for \(run.modalities[place].name)"
    case .turns: "the turns, one after the other"
    case .link: "the coordinator's link"
    case .cores(let node): "the cores of node \(node)"
    }
  }

  private static func largestPart(of work: Prediction.Work) -> String {
    let parts = [
      ("forward pass", work.forward), ("backward pass", work.backward),
      ("step", work.step), ("exchange between nodes", work.exposed),
      ("features to the leader and back", work.gather), ("batch norms", work.norms),
      ("part of the head", work.head), ("loading", work.load), ("slowest rank", work.skew),
    ]
    return parts.max { $0.1 < $1.1 }?.0 ?? "work"
  }

  /// One row a kind of modality: the copies of a modality are alike.
  private var shown: [(place: Int, count: Int)] {
    var seen: [Int: Int] = [:]
    for modality in run.modalities { seen[modality.profile, default: 0] += 1 }
    return run.modalities.indices.filter { run.modalities[$0].profile == $0 }
      .map { ($0, seen[$0] ?? 1) }
  }

  /// Says all of it.
  public func say(on console: Console) {
    console.say(summary)
    console.say("")
    console.say(works)
    console.say("")
    console.say(ranks)
    console.say("")
    console.say(closing)
  }

  private var summary: [String] {
    let placement = Placement(run, on: model.cluster)
    let layout = shown.map { place, count in
      let modality = run.modalities[place]
      let nodes = placement.spread(of: place).count
      var words = "\(modality.name) \(Numerals.counted(modality.ranks, "rank", "ranks"))"
      if nodes > 1 { words += " on \(nodes) nodes" }
      if modality.threads > 1 { words += " with \(modality.threads) threads" }
      return words + (count > 1 ? " (\(count) such)" : "")
    }
    let slowest = prediction.works.max { $0.seconds < $1.seconds }
    var lines = [
      "layout    \(layout.joined(separator: ", ")); coordinator on node 0; \(Numerals.grouped(run.rankCount)) ranks on \(Numerals.counted(model.cluster.nodes, "node", "nodes")) of \(Numerals.counted(model.cluster.cores, "core", "cores"))",
      "cycle     \(Units.time(prediction.cycle)): slowest \(slowest?.name ?? "-") \(Units.time(slowest?.seconds ?? 0)); turns \(run.modalities.count) x \(Units.time(prediction.server / Double(max(1, run.modalities.count)))) = \(Units.time(prediction.server)); efficiency \(Numerals.decimals(prediction.efficiency, 2))",
    ]
    if let simulated {
      lines.append(
        "simulated \(Units.time(simulated)): the plan is \(Numerals.decimals((prediction.cycle / simulated - 1) * 100, 1)) % off"
      )
    }
    if let first = prediction.bounds.first {
      var bound = "bound by  \(name(of: first.kind))"
      if let next = nextBound(after: first) {
        bound += "; next: \(name(of: next.kind)), \(Units.time(next.seconds))"
      }
      if let count = serverBoundCount { bound += "; turns bind from \(count) modalities on" }
      lines.append(bound)
    }
    return lines
  }

  /// The next thing of another kind: alike modalities bind alike.
  private func nextBound(after first: Prediction.Bound) -> Prediction.Bound? {
    prediction.bounds.dropFirst().first {
      switch ($0.kind, first.kind) {
      case (.work(let one), .work(let other)):
        run.modalities[one].profile != run.modalities[other].profile
      case (.cores, .cores), (.loading, .loading): false
      default: true
      }
    }
  }

  /// How many such modalities the turns would bind at; nil: they do.
  private var serverBoundCount: Int? {
    guard let first = prediction.bounds.first, first.kind != .turns, prediction.server > 0 else {
      return nil
    }
    let turn = prediction.server / Double(run.modalities.count)
    return Int(prediction.cycle / turn) + 1
  }

  private var works: TextTable {
    var table = TextTable([
      "modality", "work", "forward", "backward", "step", "exposed", "gather", "norms", "head",
      "load", "skew", "turn",
    ])
    for (place, _) in shown {
      let work = prediction.works[place]
      table.add(
        [run.modalities[place].name]
          + [
            work.seconds, work.forward, work.backward, work.step, work.exposed, work.gather,
            work.norms, work.head, work.load, work.skew, prediction.turns[place],
          ].map { $0 == 0 ? "-" : Units.time($0) })
    }
    return table
  }

  private var ranks: TextTable {
    var table = TextTable([
      "rank", "role", "node", "memory", "sent a cycle", "received", "busy", "waits",
    ])
    let placement = Placement(run, on: model.cluster)
    let wanted =
      [0]
      + shown.flatMap { place, _ in
        Array(placement.groups[place].prefix(2))
      }
    for rank in wanted {
      let row = prediction.ranks[rank]
      let busy = prediction.cycle > 0 ? min(1, row.busy / prediction.cycle) : 0
      table.add([
        "\(rank)", row.role, "\(row.node)", Units.bytes(row.memory), Units.bytes(row.sent),
        Units.bytes(row.received), "\(Numerals.decimals(busy * 100, 0)) %",
        "\(Numerals.decimals((1 - busy) * 100, 0)) %",
      ])
    }
    return table
  }

  private var closing: [String] {
    var lines: [String] = []
    func node(_ what: String, _ needed: [Double], of available: Double) {
      guard let most = needed.max() else { return }
      let place = needed.firstIndex(of: most) ?? 0
      let share = available > 0 ? " of \(Units.bytes(available))" : ""
      let fault = available > 0 && most > available ? ": too much" : ""
      lines.append(
        "\(what) \(Units.bytes(most))\(share) on node \(place), the fullest\(fault)")
    }
    node("memory   ", prediction.memory, of: model.cluster.memory)
    node("/dev/shm ", prediction.sharedMemory, of: model.cluster.sharedMemory)
    for advice in model.advice(for: run).prefix(4) {
      let then = advice.next.map { ", bound by \(name(of: $0))" } ?? ""
      lines.append("change    \(advice.change): \(Units.time(advice.cycle))\(then)")
    }
    return lines + origins
  }

  /// Where the tables come from, and what was not measured.
  private var origins: [String] {
    let machine = model.profile.machine
    var lines = [
      "measured  encoders and head on \(machine.host) (\(machine.processor)), \(machine.date)"
    ]
    if let network = model.network.machine {
      lines.append(
        "          messages on \(model.network.hosts.joined(separator: ", ")), \(network.date)")
    } else {
      lines.append(
        "          messages were not: their table is made of a bandwidth and a latency (./launch doctor --network measures)"
      )
    }
    let busy = min(model.cluster.cores, Placement(run, on: model.cluster).threads.max() ?? 1)
    if busy > machine.cores {
      lines.append(
        "          what \(busy) busy cores do to each other was extended from \(machine.cores)")
    }
    return lines
  }
}
