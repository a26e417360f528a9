import Exchange
import Tensors

/// A rank's way to the others that share its modality, for what is said between mini-batches.
struct GroupLink {
  let place: GroupPlace
  let endpoint: Endpoint

  /// Whether there are others.
  var hasOthers: Bool { place.ranks.count > 1 }

  /// Says what messages of this rank call itself and the others.
  func introduce(_ name: String, host: String) {
    for other in place.all { endpoint.describe(other.rank, as: other.described(name)) }
    endpoint.describe(place.rank, as: "\(place.described(name)), host \(host)")
  }

  /// All ranks have the values of their leader afterwards; each lists the same states.
  func share(_ states: [NamedState]) throws {
    guard place.isLeader else {
      return _ = try endpoint.receive(GroupState(states), from: place.leader)
    }
    for rank in place.followers { try endpoint.send(GroupState(states), to: rank) }
  }
}
