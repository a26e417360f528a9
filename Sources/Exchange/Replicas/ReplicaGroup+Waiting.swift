import MPI
import Tensors

extension ReplicaGroup {
  /// Has the other replicas of this node look whether they can go on.
  public func ringFellows() {
    for other in grid.fellows(of: place) where other != place {
      endpoint.transport.ring(ranks[other])
    }
  }

  /// Waits until `isOver` says so.
  ///
  /// - Parameter missing: the replica that is waited for, and what: `gradients of bucket 2 of turn 7`.
  public func wait(
    for missing: @escaping () -> (place: Int, deed: String), until isOver: () throws -> Bool
  ) throws {
    let local = grid.local(of: place)
    defer { board.setWait(local, for: nil) }
    try endpoint.wait(
      for: { [ranks] in
        let (place, deed) = missing()
        return (ranks[place], deed)
      }, pulse: { pulse(of: missing().place) }, areRung: grid.nodeCount == 1,
      blame: { rank in ranks.firstIndex(of: rank).map { ranks[last(after: $0)] } ?? rank },
      fellows: endpoint.fellows
    ) {
      try throwIfFailed()
      if try isOver() { return true }
      board.setWait(local, for: missing().place)
      return false
    }
  }

  /// From now on the other replicas of this node do not go on with what this one has half done.
  public func fail() {
    board.fail(grid.local(of: place))
    ringFellows()
  }

  /// Throws where a replica of this node has failed. When the job is ended all do, and nobody is to blame.
  public func throwIfFailed() throws {
    guard let local = board.failed, local != grid.local(of: place) else { return }
    guard !Interruption.isRequested else { throw ExchangeError.interrupted }
    let rank = ranks[grid.place(node: grid.node(of: place), local: local)]
    throw ExchangeError.abandoned(by: endpoint.name(of: rank))
  }

  /// What changes while a replica works.
  private func pulse(of other: Int) -> UInt32 {
    grid.fellows(of: place).contains(other)
      ? board.pulse(grid.local(of: other)) : endpoint.signCounts[ranks[other]] ?? 0
  }

  /// The replica that another waits for in the end: who waits itself is not to blame.
  private func last(after other: Int) -> Int {
    var found = other
    for _ in 0..<grid.localCount where grid.fellows(of: place).contains(found) {
      guard let next = board.wait(of: grid.local(of: found)), next != place else { break }
      found = next
    }
    return found
  }
}
