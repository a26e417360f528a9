import Tensors

/// Batch norms that take their statistics over all shards of a mini-batch: what each has seen, or summed,
/// comes together in the order of the shards, in float64, before any goes on.
final class SynchronisedNorms {
  /// Where the numbers of other ranks' shards come from; nil: all shards are this rank's.
  var exchange: (any MomentExchange)?

  private let shards: Shards
  private let own: Buffer<Double>
  private let united: Buffer<Double>

  /// Norms of up to so many channels, of which a piece of a pass has two at most.
  init(_ shards: Shards, channels: Int) {
    self.shards = shards
    own = Buffer(2 * NormMoments.count(channels: channels) * shards.own.count)
    united = Buffer(NormMoments.count(channels: channels))
  }

  /// Has norms, `[shard][norm]`, go on with the moments of all rows, which they then note.
  func uniteMoments(_ norms: [[ChannelNorm]]) throws {
    let all = try gather(norms, NormMoments.count) { _, norm, place in
      if let noted = norm.noted { place.update(from: noted.values) }
    }
    for (index, parts) in all.enumerated() {
      let moments = NormMoments(united[0..<parts[0].count])
      moments.values[0] = 0
      for part in parts { moments.unite(NormMoments(part)) }
      for norm in norms.map({ $0[index] }) {
        norm.noted?.values.update(from: moments.values)
        norm.settle(by: moments)
      }
    }
  }

  /// Has norms, `[shard][norm]`, go on with the sums of the gradients of all rows. What an empty shard has
  /// is from another time.
  func uniteGradients(_ norms: [[ChannelNorm]], isEmpty: [Bool]) throws {
    let all = try gather(norms, { 2 * $0 }) { shard, norm, place in
      if isEmpty[shard] { place.update(repeating: 0) } else { norm.copySums(to: place) }
    }
    for (index, parts) in all.enumerated() {
      let sums = united[0..<parts[0].count]
      sums.update(from: parts[0])
      for part in parts.dropFirst() { for place in 0..<sums.count { sums[place] += part[place] } }
      for norm in norms.map({ $0[index] }) { norm.settleGradients(by: sums) }
    }
  }

  /// What `fill` writes of each norm of this rank's shards, with that of the other ranks': `[norm][shard]`.
  private func gather(
    _ norms: [[ChannelNorm]], _ count: (_ channels: Int) -> Int,
    fill: (_ shard: Int, _ norm: ChannelNorm, _ place: Buffer<Double>) -> Void
  ) throws -> [[Buffer<Double>]] {
    var stride = 0
    let ranges = norms[0].map { norm in
      defer { stride += count(norm.channels) }
      return stride..<stride + count(norm.channels)
    }
    func part(_ range: Range<Int>, of shard: Int) -> Range<Int> {
      shard * stride + range.lowerBound..<shard * stride + range.upperBound
    }
    for (shard, norms) in norms.enumerated() {
      for (norm, range) in zip(norms, ranges) { fill(shard, norm, own[part(range, of: shard)]) }
    }
    let all = try exchange?.gather(own[0..<norms.count * stride]) ?? own
    return ranges.map { range in (0..<shards.count).map { all[part(range, of: $0)] } }
  }
}
