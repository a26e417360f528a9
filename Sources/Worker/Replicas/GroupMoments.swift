import Exchange
import Networks
import Tensors

/// The moments of batch norms of all ranks that share a modality, brought together by their group.
final class GroupMoments: MomentExchange {
  private let group: ReplicaGroup
  private var all = Buffer<Double>(0)

  /// The moments of the shards of a group's ranks.
  init(_ group: ReplicaGroup) { self.group = group }

  func gather(_ own: Buffer<Double>) throws -> Buffer<Double> {
    if all.count != own.count * group.count { all = Buffer(own.count * group.count) }
    let parts = try group.exchange(own.array, for: "the moments of batch norms")
    for (place, part) in parts.enumerated() {
      for (index, value) in part.enumerated() { all[place * own.count + index] = value }
    }
    return all
  }
}
