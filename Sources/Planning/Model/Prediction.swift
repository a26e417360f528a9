/// What a model says of a run. Times in seconds a cycle, unless said.
public struct Prediction: Sendable, Equatable {
  /// A modality's way through a cycle, on its slowest rank.
  public struct Work: Sendable, Equatable {
    /// The modality.
    public var name: String
    /// The forward passes of a rank's shards.
    public var forward: Double
    /// The backward passes.
    public var backward: Double
    /// The step of the optimizer, or the sums with it.
    public var step: Double
    /// What the exchange between nodes takes beyond the backward pass.
    public var exposed: Double
    /// Features to the leader, their gradients back.
    public var gather: Double
    /// Statistics of batch norms.
    public var norms: Double
    /// The head's part, with the messages of a turn taken and sent.
    public var head: Double
    /// Loading that nothing hides.
    public var load: Double
    /// Waiting for the slowest of several ranks.
    public var skew: Double

    /// All of it.
    public var seconds: Double {
      forward + backward + step + exposed + gather + norms + head + load + skew
    }
  }

  /// Something that can be the slowest, and what it would take by itself.
  public struct Bound: Sendable, Equatable {
    /// What it is.
    public enum Kind: Sendable, Equatable {
      /// The ranks of a modality, by place.
      case work(Int)
      /// Loading for a modality, ahead of training.
      case loading(Int)
      /// The turns, one after the other.
      case turns
      /// The coordinator's network link.
      case link
      /// The cores of a node.
      case cores(Int)
    }

    /// What it is.
    public var kind: Kind
    /// What it takes by itself.
    public var seconds: Double
  }

  /// What a rank has to do with others, and what it holds.
  public struct Rank: Sendable, Equatable {
    /// `coordinator`, `video`, `video/1`.
    public var role: String
    /// Its node.
    public var node: Int
    /// Bytes of memory, its part of what is shared included.
    public var memory: Double
    /// Bytes sent in a cycle.
    public var sent: Double
    /// Bytes received in a cycle.
    public var received: Double
    /// Seconds of a cycle that it works.
    public var busy: Double
  }

  /// A cycle, from mini-batch to mini-batch.
  public var cycle: Double
  /// Each modality's way.
  public var works: [Work]
  /// Each modality's turn, as the other modalities see it.
  public var turns: [Double]
  /// Everything that could be the slowest, the slowest first.
  public var bounds: [Bound]
  /// The ranks.
  public var ranks: [Rank]
  /// Bytes of memory on each node that has ranks.
  public var memory: [Double]
  /// Bytes of /dev/shm on each node that has ranks.
  public var sharedMemory: [Double]
  /// What a cycle would take if the slowest modality's passes were all, alone on its cores.
  public var ideal: Double

  /// All turns of a cycle.
  public var server: Double { turns.reduce(0, +) }
  /// The part of the cycle that the ideal takes.
  public var efficiency: Double { cycle > 0 ? ideal / cycle : 0 }
}
