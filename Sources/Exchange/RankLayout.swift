/// Which rank does what: rank 0 coordinates, then come the modalities in order.
public struct RankLayout: Sendable, Equatable {
  /// The rank of the coordinator.
  public static let coordinator = 0

  /// The rank that speaks for each modality.
  public let leaders: [Int]
  /// The number of ranks that a run needs.
  public let size: Int

  /// A layout with the given number of ranks for each modality.
  public init(ranksPerModality: [Int]) {
    var next = 1
    leaders = ranksPerModality.map { count in
      defer { next += count }
      return next
    }
    size = next
  }
}
