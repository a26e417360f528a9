/// A run as far as it decides what a cycle costs: which modalities, on how many ranks, in which way.
public struct PlannedRun: Sendable, Equatable {
  /// How modalities train together.
  public enum Conversation: String, Sendable {
    /// Turns through one head.
    case alternating
    /// One loss of all, so that all wait for the slowest in every mini-batch.
    case joint
    /// Each for itself.
    case separate
  }

  /// One modality and its ranks.
  public struct Modality: Sendable, Equatable {
    /// The modality.
    public var name: String
    /// Its place among the profile's modalities.
    public var profile: Int
    /// Replicas.
    public var ranks: Int
    /// Parts of a mini-batch whose gradients are added in a fixed tree.
    public var shards: Int
    /// Threads that compute on each rank.
    public var threads: Int
    /// The shards of a rank that are in memory at a time; nil: all. With fewer, forward passes run twice.
    public var atOnce: Int?
    /// Whether batch norms take their statistics over all shards.
    public var synchronisesNorms = false

    /// A modality on so many ranks.
    ///
    /// - Parameter shards: nil: one a rank.
    public init(
      _ name: String, profile: Int, ranks: Int = 1, shards: Int? = nil, threads: Int = 1
    ) {
      (self.name, self.profile, self.ranks) = (name, profile, ranks)
      (self.shards, self.threads) = (shards ?? ranks, threads)
    }

    /// Whether `ranks` can share `shards`: each has a subtree of the sum over shards.
    public var isPossible: Bool {
      guard ranks > 0, shards > 0, shards % ranks == 0 else { return false }
      let own = shards / ranks
      return ranks == 1 || own & (own - 1) == 0
    }
  }

  /// The modalities, in the order of their ranks.
  public var modalities: [Modality]
  /// How they train together.
  public var conversation = Conversation.alternating
  /// Whether the update of the head travels as its two factors.
  public var sendsFactors = false
  /// How many projectors absorb what a turn brings.
  public var absorptions = 1

  /// A run of these modalities.
  public init(_ modalities: [Modality]) { self.modalities = modalities }

  /// The ranks of the job.
  public var rankCount: Int { 1 + modalities.reduce(0) { $0 + $1.ranks } }
}
