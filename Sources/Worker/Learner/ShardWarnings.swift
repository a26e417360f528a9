import Configuration
import Datasets
import Networks
import Tensors

extension RunConfiguration {
  /// Below so many samples, a shard's own statistics are mostly noise.
  private static let fewSamples = 4

  /// What is odd about the shards of modality `index` with these data, a sentence each.
  ///
  /// - Throws: `NetworkError` where a batch norm would see one value of a channel.
  public func shardWarnings(of index: Int, data: ModalityData) throws -> [String] {
    let sharding = modalities[index].sharding
    guard sharding.count > 1, sharding.batchNorm == .local else { return [] }
    let samples = min(batchSize, data.train.ids.count)
    let smallest = max(1, samples / sharding.count)
    let rows = try MemoryPlan().counting {
      try makeNetwork(
        of: index, inputShape: data.train.sampleShape, tokens: data.tokenCount, capacity: samples,
        shards: Shards(sharding.count, own: 0..<1)
      ).first.leastNormRows(of: smallest)
    }
    guard let rows else { return [] }
    let shard = "with \(sharding.count) shards of a mini-batch of \(samples) samples"
    guard rows > 1 else {
      throw NetworkError.conflict(
        "\(shard), a batch norm sees one value of each channel, which has no variance; lower shards, "
          + "raise batch_size, or set batch_norm: synchronised")
    }
    guard smallest < Self.fewSamples else { return [] }
    return [
      "\(shard), batch norms take their statistics over \(smallest) each, which are mostly noise; lower "
        + "shards, raise batch_size, or set batch_norm: synchronised"
    ]
  }
}
