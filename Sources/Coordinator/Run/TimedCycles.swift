import Exchange
import Tensors

/// What some cycles of training took, as a run goes through them.
public struct TimedCycles: Sendable {
  /// A worker's part.
  public struct Worker: Sendable {
    /// Its rank.
    public let rank: Int
    /// The name of its modality.
    public let role: String
    /// The host it ran on.
    public let host: String
    /// What it computed with.
    public let arithmetic: Arithmetic
    /// Where its time went.
    public let phases: PhaseTimes
    /// The largest resident memory of its process, in bytes.
    public let peakMemoryByteCount: Int
  }

  /// Seconds of each cycle, from the end of the one before.
  public let cycles: [Double]
  /// Seconds in which the coordinator did not wait: the heads' steps, and what turns need beside them.
  public let coordinatorBusySeconds: Double
  /// One of each worker.
  public let workers: [Worker]
  /// SHA-256 over all weights at the end.
  public let weightsDigest: String
}
