/// How a modality's mini-batch is computed in parts, which ranks may share.
public struct ShardOptions: Sendable, Equatable {
  /// What a batch norm takes its statistics over.
  public enum BatchNorm: String, Sendable, CaseIterable {
    /// Each shard.
    case local
    /// The whole mini-batch.
    case synchronised
  }

  /// S, the number of shards: with it, and nothing else of how a run is laid out, bits change.
  public var count = 1
  /// How many shards a rank computes at a time; nil: all that it has.
  public var atOnce: Int?
  /// What a batch norm takes its statistics over.
  public var batchNorm = BatchNorm.local

  /// One shard.
  public init() {}
}
