import Tensors

/// What the random numbers of shards follow from: dropout and stochastic depth of a shard draw the same
/// whichever rank computes it, and however often. Nothing need be remembered between two mini-batches.
public struct ShardSeed: Sendable, Equatable {
  /// The run's.
  public let seed: UInt64
  /// The modality's.
  public let name: String

  /// The random numbers of a modality.
  public init(seed: UInt64 = 0, name: String = "") {
    self.seed = seed
    self.name = name
  }

  /// Has all streams of `encoder` begin anew for a shard of the mini-batch at `place`.
  func begin(_ encoder: Encoder, shard: Int, at place: [Int]) {
    for stream in encoder.randomStreams {
      stream.generator = SeededGenerator(
        seed: seed, stream: "shard/\(name)/\(stream.name)", numbers: place + [shard])
    }
  }
}
