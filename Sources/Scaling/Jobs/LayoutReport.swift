import Coordinator

/// What a job tells of its cycles: one line of JSON. Times are seconds a cycle.
public struct LayoutReport: Codable, Sendable, Equatable {
  /// One rank's part.
  public struct Rank: Codable, Sendable, Equatable {
    /// Its number; 0 is the coordinator.
    public var rank: Int
    /// `coordinator`, or the name of its modality.
    public var role: String
    /// Its host.
    public var host: String
    /// All of its time in training.
    public var training: Double
    /// Mini-batches made ready.
    public var load = 0.0
    /// Forward passes.
    public var forward = 0.0
    /// Waiting for messages.
    public var wait = 0.0
    /// The head and all else; the coordinator's steps of it.
    public var head = 0.0
    /// Backward passes and steps.
    public var backward = 0.0
    /// The exchange between replicas, as far as nothing else went on meanwhile.
    public var exchange = 0.0
    /// The largest memory, in bytes.
    public var peakMemoryByteCount = 0

    /// What the rank itself does: all but waiting and exchange.
    public var useful: Double { load + forward + head + backward }
  }

  /// Seconds of each cycle.
  public var cycles: [Double]
  /// What the coordinator has done beside waiting, a cycle.
  public var coordinatorBusy: Double
  /// The workers, by rank.
  public var ranks: [Rank]
  /// SHA-256 over all weights at the end.
  public var weightsDigest: String

  /// The middle of the cycles' times.
  public var cycle: Double { Spread(cycles)?.median ?? .nan }
}

extension LayoutReport {
  /// The report of so many timed cycles.
  public init(_ timed: TimedCycles, cycleCount: Int) {
    func each(_ seconds: Double) -> Double { seconds / Double(cycleCount) }
    cycles = timed.cycles
    coordinatorBusy = each(timed.coordinatorBusySeconds)
    weightsDigest = timed.weightsDigest
    ranks = timed.workers.map { worker in
      Rank(
        rank: worker.rank, role: worker.role, host: worker.host,
        training: each(worker.phases.training), load: each(worker.phases.load),
        forward: each(worker.phases.forward), wait: each(worker.phases.waiting),
        head: each(worker.phases.head), backward: each(worker.phases.backward),
        exchange: each(worker.phases.exchange), peakMemoryByteCount: worker.peakMemoryByteCount)
    }
  }
}
