import Tensors

/// How numbers about the shards of other ranks, such as the moments of their batch norms, come to this one.
public protocol MomentExchange: AnyObject {
  /// The numbers of all shards of the mini-batch, shard after shard, given those of this rank's shards: as
  /// many of each. They hold until the next call.
  ///
  /// All ranks of the modality call it at the same places of a step.
  func gather(_ own: Buffer<Double>) throws -> Buffer<Double>
}
