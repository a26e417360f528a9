import Glibc
import MPI

// What ranks of a group still say when one of them has failed: nobody waits for it, so it is looked for.

extension Endpoint {
  /// The refusal of one of `ranks`, where it has come or comes within `limit`; throws when the job is ended.
  public func refusal(from ranks: Range<Int>, within limit: Duration) throws -> Refusal? {
    try search(ranks, within: limit) { rank in
      var found: Refusal?
      _ = try poll(.refusal, number: -1, from: rank) { found = try Refusal().read(from: $0) }
      if found?.by.isEmpty == true { found?.by = name(of: rank) }
      if found == nil, Interruption.isRequested { throw ExchangeError.interrupted }
      return found
    }
  }

  /// The rank that `rank` has waited for when the job was ended, where it says so within `limit`.
  public func loss(toldBy rank: Int, within limit: Duration) -> Int? {
    let found = try? search(rank..<rank + 1, within: limit) { rank in
      var found: Loss?
      _ = try poll(Loss.kind, number: -1, from: rank) { found = try Loss().read(from: $0) }
      return found
    }
    return found?.rank
  }

  /// Tells the coordinator for which of `ranks` this one has waited when the job was ended.
  public func tellLoss(among ranks: Range<Int>) {
    guard let rank = awaitedRank, ranks.contains(rank) else { return }
    try? send(Loss(rank: rank), to: 0)
  }

  private func search<Found>(
    _ ranks: Range<Int>, within limit: Duration, _ look: (Int) throws -> Found?
  ) throws -> Found? {
    let end = ContinuousClock.now + (sharesProcess ? .zero : limit)
    while true {
      for rank in ranks {
        if let found = try look(rank) { return found }
      }
      guard ContinuousClock.now < end else { return nil }
      usleep(2_000)
    }
  }
}

/// The leader of a group to the coordinator: which of the others is gone.
struct Loss: Message {
  static let kind = MessageKind(19, "loss", comesEarly: true)

  var rank = 0

  mutating func layout(_ fields: Fields) throws { try fields.field(&rank) }
}
