import MPI
import Tensors

extension ReplicaGroup {
  /// Shows this replica's numbers to all, and returns those of all in order of places: to be combined by
  /// everyone in the same way. All replicas have equally many numbers, some thousands at most.
  ///
  /// Like all that involves a whole group, not to be done within a turn.
  public func exchange(_ own: [Double], for purpose: String = "numbers") throws -> [[Double]] {
    guard count > 1 else { return [own] }
    var all = ranks.map { _ in [Double]() }
    for start in stride(from: 0, to: max(1, own.count), by: ReplicaBoard.slotCount) {
      let part = own[start..<min(start + ReplicaBoard.slotCount, own.count)]
      try exchange(part, for: purpose) {
        all[$0] += board.numbers(part.count, of: $0, exchange: $1)
      }
    }
    return all
  }

  /// Waits until all replicas have come here.
  public func meet(for purpose: String) throws { _ = try exchange([], for: purpose) }

  private func exchange(
    _ part: ArraySlice<Double>, for purpose: String, then read: (_ place: Int, UInt32) -> Void
  ) throws {
    exchangeCount &+= 1
    let number = exchangeCount
    board.show(part, of: place, exchange: number)
    ringFellows()
    let counterparts = grid.counterparts(of: place)
    for other in counterparts {
      try endpoint.send(
        ReplicaNumbers(values: Array(part)), number: Int(number), to: ranks[other])
    }
    try wait { [self] in
      (ranks.indices.first { !board.has($0, exchange: number) } ?? place, purpose)
    } until: {
      try progress?()
      for other in counterparts where !board.has(other, exchange: number) {
        try receive(from: other, number, count: part.count)
      }
      return ranks.indices.allSatisfy { board.has($0, exchange: number) }
    }
    for place in ranks.indices { read(place, number) }
  }

  /// Shows the numbers of a replica of another node, once they are here, to this node.
  private func receive(from other: Int, _ number: UInt32, count: Int) throws {
    let kind = ReplicaNumbers.kind
    _ = try endpoint.poll(kind, number: Int(number), from: ranks[other]) { frame in
      let values = try ReplicaNumbers().read(from: frame).values
      guard values.count == count else {
        throw ExchangeError.misfit(kind: kind, number: Int(number))
      }
      board.show(values[...], of: other, exchange: number)
      ringFellows()
    }
  }
}
