/// What each rank holds, and what crosses in a cycle.
struct Ledger {
  let model: CostModel
  let run: PlannedRun
  let placement: Placement

  /// The bytes of shared memory that MPI reserves for the messages of a rank, where there is room.
  static let messageByteCount = 64.0 * 1024 * 1024

  /// The ranks, the coordinator first.
  func ranks(_ works: [Prediction.Work], _ turns: [Double]) -> [Prediction.Rank] {
    var coordinator = Prediction.Rank(
      role: "coordinator", node: 0, memory: coordinatorMemory, sent: 0, received: 0, busy: 0)
    let head = model.profile.head
    var workers: [Prediction.Rank] = []
    for (place, modality) in run.modalities.enumerated() {
      let (down, last, ahead) = model.messages(of: modality, in: run)
      let up = last + ahead
      coordinator.sent += down
      coordinator.received += up
      if run.conversation == .alternating {
        coordinator.busy += head.apply.median + Double(run.absorptions) * head.settle.median
      }
      let measured = model.profile.modalities[modality.profile]
      let r = Double(modality.ranks)
      let features = 4 * Double(measured.batchSize * head.features) / r
      let spread = placement.spread(of: place)
      for (replica, rank) in placement.groups[place].enumerated() {
        let node = placement.nodes[rank]
        let here = Double(spread[node] ?? 1)
        // Each rank of a node carries its slice of the node's part.
        let h = Double(spread.count)
        let gradients = 2 * (h - 1) / h * measured.parameterByteCount / here
        var row = Prediction.Rank(
          role: modality.ranks > 1 ? "\(modality.name)/\(replica)" : modality.name, node: node,
          memory: memory(of: measured, modality, here: here), sent: gradients,
          received: gradients, busy: works[place].seconds - works[place].skew)
        if replica == 0 {
          row.sent += up + (r - 1) * features
          row.received += down + (r - 1) * features
        } else {
          row.sent += features
          row.received += features
          row.busy -= works[place].head
        }
        workers.append(row)
      }
    }
    return [coordinator] + workers
  }

  /// Bytes of memory on each node that has ranks.
  var memory: [Double] {
    var nodes = Array(repeating: 0.0, count: (placement.nodes.max() ?? 0) + 1)
    nodes[0] += coordinatorMemory
    for (place, modality) in run.modalities.enumerated() {
      let measured = model.profile.modalities[modality.profile]
      for (node, count) in placement.spread(of: place) {
        nodes[node] += Double(count) * memory(of: measured, modality, here: Double(count))
      }
    }
    return nodes
  }

  /// Bytes of /dev/shm on each node that has ranks: messages, and what replicas share.
  var sharedMemory: [Double] {
    var nodes = Array(repeating: 0.0, count: (placement.nodes.max() ?? 0) + 1)
    for node in placement.nodes { nodes[node] += Self.messageByteCount }
    for (place, modality) in run.modalities.enumerated() where modality.ranks > 1 {
      let measured = model.profile.modalities[modality.profile].memory
      for (node, count) in placement.spread(of: place) where count > 1 {
        nodes[node] += measured.weights * Double(count + 1) + measured.state
      }
    }
    return nodes
  }

  /// Head, step and velocity in float32; P, dense, in float64 and for each memory.
  private var coordinatorMemory: Double {
    let (k, d) = (Double(model.profile.head.classes), Double(model.profile.head.features))
    guard run.conversation == .alternating else { return 0 }
    let projectors = run.absorptions > 1 ? Double(run.modalities.count) : 1
    return 4 * 4 * k * (d + 1) + projectors * 8 * d * d
  }

  /// What a rank holds; of what its node shares, its part.
  private func memory(
    of measured: ModalityProfile, _ modality: PlannedRun.Modality, here: Double
  ) -> Double {
    let memory = measured.memory
    guard modality.ranks > 1 else { return memory.total }
    // Every replica keeps all its gradients until all have theirs.
    return memory.weights / here + memory.weights + memory.state / here
      + memory.activations / Double(modality.ranks) + memory.samples + memory.other
  }
}
