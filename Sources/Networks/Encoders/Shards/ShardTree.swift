/// The one order in which the gradients of shards are added: neighbours first, then pairs, then fours,
/// `((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7))`.
///
/// Which rank has computed a shard makes no difference to it, as long as a rank's shards are a part of the
/// tree. Whoever adds what ranks have added goes on with the same order over ranks.
public enum ShardTree {
  /// One addition: what is at `into` takes up what is at `from`.
  public struct Addition: Sendable, Equatable {
    /// The place of the sum.
    public let into: Int
    /// The place that is added to it.
    public let from: Int
  }

  /// The additions of `count` places, in their order; the sum of all is at place 0 in the end.
  public static func additions(_ count: Int) -> [Addition] {
    var additions: [Addition] = []
    var distance = 1
    while distance < count {
      for into in stride(from: 0, to: count - distance, by: 2 * distance) {
        additions.append(Addition(into: into, from: into + distance))
      }
      distance *= 2
    }
    return additions
  }
}
