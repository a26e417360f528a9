/// Which rank does what: rank 0 coordinates, then come the modalities in order, each with the ranks of its
/// group one after the other.
///
/// mpirun fills one host after the other, so that the ranks of a group are on one host, or on neighbours.
public struct RankLayout: Sendable, Equatable {
  /// The rank of the coordinator.
  public static let coordinator = 0

  /// The ranks of each modality; the first of them is its leader.
  public let groups: [Range<Int>]
  /// The number of ranks that a run needs.
  public let size: Int

  /// A layout with the given number of ranks for each modality.
  public init(ranksPerModality: [Int]) {
    var next = 1
    groups = ranksPerModality.map { count in
      defer { next += count }
      return next..<next + count
    }
    size = next
  }

  /// The rank that speaks for each modality.
  public var leaders: [Int] { groups.map(\.lowerBound) }

  /// The places of a modality's ranks in its group.
  public func places(of modality: Int) -> [GroupPlace] {
    GroupPlace(ranks: groups[modality], index: 0).all
  }

  /// The modality that a rank works for; nil: none.
  public func modality(of rank: Int) -> Int? { groups.firstIndex { $0.contains(rank) } }
}

/// A rank's place in the group of ranks that share a modality.
public struct GroupPlace: Sendable, Equatable {
  /// The ranks of the group.
  public let ranks: Range<Int>
  /// This rank among them, from 0.
  public let index: Int

  /// The place of rank `ranks.lowerBound + index`.
  public init(ranks: Range<Int>, index: Int) {
    precondition(ranks.indices.contains(ranks.lowerBound + index))
    (self.ranks, self.index) = (ranks, index)
  }

  /// A rank that has its modality alone.
  public static func alone(_ rank: Int) -> GroupPlace {
    GroupPlace(ranks: rank..<rank + 1, index: 0)
  }

  /// The rank with this place.
  public var rank: Int { ranks.lowerBound + index }
  /// The rank that speaks with the coordinator for all.
  public var leader: Int { ranks.lowerBound }
  /// Whether that is this one.
  public var isLeader: Bool { index == 0 }
  /// The ranks that the leader speaks for.
  public var followers: Range<Int> { ranks.dropFirst() }
  /// The places of all ranks of the group.
  public var all: [GroupPlace] { (0..<ranks.count).map { GroupPlace(ranks: ranks, index: $0) } }
  /// All but this one.
  public var others: [Int] { ranks.filter { $0 != rank } }

  /// What messages call the rank, which has the modality `name`: `modality audio, replica 2 of 4`.
  public func described(_ name: String) -> String {
    ranks.count == 1
      ? "modality \(name)" : "modality \(name), replica \(index + 1) of \(ranks.count)"
  }
}
