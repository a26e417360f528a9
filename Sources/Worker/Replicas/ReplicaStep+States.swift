import Exchange
import Networks
import Tensors

// What the leader saves and restores: the replicas of its node see the same arrays, those of others have parts
// of their own.

extension ReplicaStep {
  /// Brings all that the optimizers of the group remember to the leader's node, where `Optimizer.state` then
  /// is whole: for a checkpoint. All replicas do this together, between steps.
  public func collectStates() throws {
    try settle()
    let isFirst = node == 0
    let moving = store.moving.lowerBound
    var expected: [Int: [ReplicaParcel]] = [:]
    for partner in mail.partners {
      let from = isFirst ? partnerPieces[partner] ?? [] : pieces
      guard isFirst || memory.grid.node(of: partner) == 0 else { continue }
      let parcels = memory.states.indices.flatMap { array in
        from.map {
          let range = $0.range.lowerBound - moving..<$0.range.upperBound - moving
          return ReplicaParcel(ReplicaPiece.states, array: array, range)
        }
      }
      if isFirst {
        expected[partner] = parcels
      } else {
        parcels.forEach { mail.queue($0, to: partner) }
      }
    }
    try carry(expected) { memory.states[$0.array][$0.range] }
    try group.meet(for: "the states of the optimizer")
  }

  /// Gives the values and the optimizer's memory of the leader to all others: what was restored, or drawn. All
  /// replicas do this together, between steps.
  public func spread() throws {
    try settle()
    // Whoever has drawn values has drawn them before this.
    try group.meet(for: "its weights")
    let isFirst = node == 0
    let moving = store.moving.lowerBound
    var expected: [Int: [ReplicaParcel]] = [:]
    for partner in mail.partners {
      guard isFirst || memory.grid.node(of: partner) == 0 else { continue }
      let to = isFirst ? partnerPieces[partner] ?? [] : pieces
      var parcels = memory.states.indices.flatMap { array in
        to.map {
          let range = $0.range.lowerBound - moving..<$0.range.upperBound - moving
          return ReplicaParcel(ReplicaPiece.states, array: array, range)
        }
      }
      if local == 0 { parcels += wholeValues }
      if isFirst {
        parcels.forEach { mail.queue($0, to: partner) }
      } else {
        expected[partner] = parcels
      }
    }
    try carry(expected) {
      $0.kind == ReplicaPiece.states ? memory.states[$0.array][$0.range] : store.values[$0.range]
    }
    try spreadCounts()
  }

  /// All values, those of frozen layers too.
  private var wholeValues: [ReplicaParcel] {
    stride(from: 0, to: store.count, by: ReplicaPiece.count).map {
      ReplicaParcel(ReplicaPiece.values, $0..<min($0 + ReplicaPiece.count, store.count))
    }
  }

  /// Sends what is queued and takes what is expected, by place, in its order.
  private func carry(
    _ expected: [Int: [ReplicaParcel]], into memory: (ReplicaParcel) -> Buffer<Float>
  ) throws {
    guard !mail.partners.isEmpty else { return }
    var left = expected
    func next(_ place: Int, _ kind: MessageKind) -> Int? {
      left[place]?.firstIndex { $0.kind == kind }
    }
    // No step has this number: what comes early waits for the next of these.
    let number = Self.betweenSteps
    try group.wait(for: { [self] in
      let place = left.first { !$0.value.isEmpty }?.key ?? mail.behind ?? group.place
      return (place, "weights and states")
    }) {
      try group.throwIfFailed()
      try mail.send(number: number) {
        $0.kind == ReplicaPiece.states
          ? self.memory.states[$0.array][$0.range] : store.values[$0.range]
      }
      for kind in [ReplicaPiece.states, ReplicaPiece.values] {
        try mail.take(kind, number: number) { place, parcel in
          guard let index = next(place, kind), left[place]?[index] == parcel else { return nil }
          left[place]?.remove(at: index)
          return memory(parcel)
        }
      }
      return mail.behind == nil && left.values.allSatisfy(\.isEmpty)
    }
  }

  private static var betweenSteps: Int { Int(UInt32.max) + 1 }

  /// The numbers of steps that optimizers count, which are few and equal everywhere.
  private func spreadCounts() throws {
    let counters = optimizer.state.filter { $0.element == .integer }
    let own = counters.flatMap { $0.values(of: Int64.self) ?? [] }
    let all = try group.exchange(own.map(Double.init), for: "the states of the optimizer")
    var first = 0
    for counter in counters {
      let count = counter.shape.elementCount
      counter.restore(all[0][first..<first + count].map { Int64($0) })
      first += count
    }
  }
}
