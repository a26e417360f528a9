/// The parts that a mini-batch is computed in, each by calls of its own, and those of them that this rank
/// computes.
///
/// A shard is some neighbouring rows of the mini-batch; which, the number of samples and that of shards
/// alone decide. What a shard gives depends on nothing else, and the gradients of shards are added in one
/// order (`ShardTree`); so it makes no difference to any bit which rank computes which shards.
public struct Shards: Sendable, Equatable {
  /// S, the number of shards of a mini-batch.
  public let count: Int
  /// The shards of this rank.
  public let own: Range<Int>

  /// The mini-batch as one part, on one rank.
  public static let whole = Shards(1)

  /// So many shards, of which these are this rank's; nil: all are.
  ///
  /// - Precondition: part of the shards are so many that they are a part of the tree: a power of two,
  ///   beginning at a multiple of their number.
  public init(_ count: Int, own: Range<Int>? = nil) {
    let own = own ?? 0..<count
    precondition(count > 0 && !own.isEmpty && own.lowerBound >= 0 && own.upperBound <= count)
    precondition(
      own.count == count || (own.count.nonzeroBitCount == 1 && own.lowerBound % own.count == 0),
      "shards \(own) of \(count) are no part of the tree")
    self.count = count
    self.own = own
  }

  /// The places in a mini-batch of `sampleCount` samples that are a shard's: sizes differ by one at most,
  /// and a shard is empty where there are fewer samples than shards.
  public func rows(of shard: Int, in sampleCount: Int) -> Range<Int> {
    border(shard, sampleCount)..<border(shard + 1, sampleCount)
  }

  /// The places that are this rank's.
  public func ownRows(in sampleCount: Int) -> Range<Int> {
    border(own.lowerBound, sampleCount)..<border(own.upperBound, sampleCount)
  }

  /// The most samples of a shard in mini-batches of up to `sampleCount`.
  public func capacity(_ sampleCount: Int) -> Int { (sampleCount + count - 1) / count }

  /// The most samples of all shards of this rank in mini-batches of up to `sampleCount`.
  public func ownCapacity(_ sampleCount: Int) -> Int {
    (sampleCount * own.count + count - 1) / count
  }

  private func border(_ shard: Int, _ sampleCount: Int) -> Int { sampleCount * shard / count }
}
