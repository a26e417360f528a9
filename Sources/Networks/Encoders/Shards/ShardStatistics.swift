import Tensors

/// The moments of the batch norms of shards: what the running statistics move by, once a step.
///
/// A norm uses the statistics of its shard, unless they are synchronised. Its running ones move as one batch of the whole mini-batch would
/// move them: a tenth of the way towards the mean and the unbiased variance of all rows, which follow from
/// the moments of the shards, united in float64 in the order of the shards. They are the same bits on every
/// rank, whichever rank computed which shard.
final class ShardStatistics {
  /// Where other ranks' moments come from; nil: all shards are this rank's.
  var exchange: (any MomentExchange)? { didSet { synchronised?.exchange = exchange } }
  /// What unites the statistics within the passes; nil: each shard has its own.
  let synchronised: SynchronisedNorms?

  private let shards: Shards
  /// The norms of each encoder that move.
  private let norms: [[ChannelNorm]]
  /// Where each norm's moments lie among those of a shard.
  private let ranges: [Range<Int>]
  /// The moments of this rank's shards, one after the other.
  let own: Buffer<Double>
  private let united: Buffer<Double>

  private var stride: Int { ranges.last?.upperBound ?? 0 }

  /// The statistics of shards that these encoders compute; a mini-batch that is one shard has no need of it.
  init(_ encoders: [Encoder], _ shards: Shards, isSynchronised: Bool) {
    self.shards = shards
    norms = encoders.map(\.movingNorms)
    synchronised =
      isSynchronised
      ? SynchronisedNorms(shards, channels: norms[0].map(\.channels).max() ?? 0) : nil
    var end = 0
    ranges = (norms.first ?? []).map { norm in
      let first = end
      end += NormMoments.count(channels: norm.channels)
      return first..<end
    }
    own = Buffer(end * shards.own.count)
    united = Buffer(ranges.map(\.count).max() ?? 0)
  }

  /// Has an encoder note the moments of the shard at `place` among this rank's; an empty one has none.
  func begin(encoder: Int, place: Int, isEmpty: Bool) {
    let moments = own[place * stride..<(place + 1) * stride]
    if isEmpty { moments.update(repeating: 0) }
    for (norm, range) in zip(norms[encoder], ranges) { norm.noted = NormMoments(moments[range]) }
  }

  /// Moves the running statistics of the first encoder by the moments of all shards.
  func move() throws {
    guard stride > 0 else { return }
    guard synchronised == nil else {
      // What is noted are the moments of all rows already.
      for norm in norms[0] {
        if let noted = norm.noted, noted.rows > 0 { norm.moveRunning(towards: noted) }
      }
      return
    }
    let all = try exchange?.gather(own) ?? own
    precondition(all.count == shards.count * stride, "moments of \(all.count / stride) shards")
    for (norm, range) in zip(norms[0], ranges) {
      let moments = NormMoments(united[0..<range.count])
      moments.values[0] = 0
      for shard in 0..<shards.count {
        moments.unite(
          NormMoments(
            all[shard * stride + range.lowerBound..<shard * stride + range.upperBound]))
      }
      if moments.rows > 0 { norm.moveRunning(towards: moments) }
    }
  }
}
