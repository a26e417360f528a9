import Exchange
import Tensors

/// One rank of a modality, as it has told of itself.
struct TeamMember {
  /// What messages call it: `modality audio`, or `modality audio, replica 2 of 4`.
  let name: String
  let place: GroupPlace
  let host: String
  let arithmetic: Arithmetic
  let availableByteCount: Int
  private let neededByteCount, sharedByteCount: Int
  private let digest: String

  init(name: String, place: GroupPlace, inventory: Inventory) {
    (self.name, self.place) = (name, place)
    (host, arithmetic, digest) = (inventory.host, inventory.arithmetic, inventory.digest)
    availableByteCount = inventory.availableByteCount
    (neededByteCount, sharedByteCount) = (inventory.neededByteCount, inventory.sharedByteCount)
  }

  /// The name without the word `modality`.
  var shortName: String { String(name.dropFirst("modality ".count)) }

  /// What each of the ranks on one host needs, where those of a modality share what they can.
  static func needs(_ members: [TeamMember]) -> [(name: String, byteCount: Int)] {
    members.enumerated().map { index, member in
      let isFirst = !members[..<index].contains { $0.place.ranks == member.place.ranks }
      return (member.name, member.neededByteCount - (isFirst ? 0 : member.sharedByteCount))
    }
  }

  /// Refuses groups whose ranks do not have the same data, or do not compute alike: a mini-batch that is
  /// shared by such ranks is none.
  static func check(_ groups: [[TeamMember]], _ endpoint: Endpoint) throws {
    let refusals = groups.flatMap { group in
      group.dropFirst().compactMap { member in
        group[0].difference(from: member).map { "\(endpoint.name(of: member.place.rank)) \($0)" }
      }
    }
    guard refusals.isEmpty else { throw CoordinatorError.refusals(refusals) }
  }

  private func difference(from other: TeamMember) -> String? {
    other.digest == digest
      ? nil
      : "has other data than rank \(place.rank) on host \(host), with which it shares the mini-batches (ids, labels, sizes or values differ); all ranks of a modality read the same files"
  }

  /// The hosts of a group, each once.
  static func hosts(of group: [TeamMember]) -> [String] {
    group.map(\.host).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// What is to be said of a group whose ranks are on several hosts; nil: they are on one.
  static func span(_ group: [TeamMember]) -> String? {
    let hosts = hosts(of: group)
    guard hosts.count > 1, let name = group.first?.name.split(separator: ",").first else {
      return nil
    }
    return
      "\(name) has ranks on \(hosts.count) hosts (\(hosts.joined(separator: ", "))): features of its samples, gradients and weights cross between them"
  }
}
