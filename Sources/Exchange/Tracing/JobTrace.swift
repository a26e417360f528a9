import Storage
import Tensors

/// A recording of what all ranks of a job do, as the coordinator conducts it: between two assignments that
/// each rank serves with `RankRecorder`.
public struct JobTrace {
  /// What one rank did, with how its clock stands against the coordinator's.
  public struct Rank: Sendable {
    /// What it recorded.
    public let trace: RankTrace
    /// Its clock.
    public let clock: ClockAlignment

    /// A rank with all its facts.
    public init(_ trace: RankTrace, clock: ClockAlignment = .same) {
      (self.trace, self.clock) = (trace, clock)
    }
  }

  /// The most spans of a rank, and of all ranks together: 14 MB and 59 MB.
  private static let most = (ofRank: 1 << 18, ofJob: 1 << 20)

  private let endpoint: Endpoint
  private let host: String
  private let offsets: [ClockOffset?]

  /// Has every rank begin to record, this one too.
  ///
  /// - Parameter capacity: the room for spans of each rank; nil: as much as is sensible.
  public init(_ endpoint: Endpoint, host: String, capacity: Int? = nil) throws {
    self.endpoint = endpoint
    self.host = host
    let capacity =
      capacity ?? max(1 << 12, min(Self.most.ofRank, Self.most.ofJob / endpoint.worldSize))
    offsets = try Self.order(capacity: capacity, of: endpoint)
    Trace.begin(TraceRecording(capacity: capacity))
  }

  /// Ends all recordings and gathers them, by rank. All ranks must wait for an assignment.
  public func finish() throws -> [Rank] {
    let own = RankTrace(host: host, contents: Trace.end()?.contents ?? TraceContents())
    let last = try Self.order(capacity: 0, of: endpoint)
    let others = try Self.others(of: endpoint).map { rank in
      let trace = try endpoint.receive(RankTrace(), from: rank)
      guard let first = offsets[rank], let last = last[rank] else { return Rank(trace) }
      return Rank(trace, clock: ClockAlignment(first: first, last: last))
    }
    return [Rank(own)] + others
  }

  private static func others(of endpoint: Endpoint) -> Range<Int> { 1..<max(1, endpoint.worldSize) }

  /// Tells every rank to begin or to end, and compares its clock with this one's; nil: it is the same.
  private static func order(capacity: Int, of endpoint: Endpoint) throws -> [ClockOffset?] {
    let order = Assignment.Recording(capacity: capacity, machine: MonotonicClock.machine)
    for rank in others(of: endpoint) { try endpoint.send(Assignment.record(order), to: rank) }
    return try [nil]
      + others(of: endpoint).map { rank in
        let there = try endpoint.receive(Greeting(), from: rank).host
        return try MonotonicClock.compare(
          endpoint, with: rank, rounds: MonotonicClock.rounds(between: order.machine, there))
      }
  }
}

/// A rank's part in the recording of a job.
public enum RankRecorder {
  /// Does what an assignment says of it: begins to record on this thread, or sends what was recorded.
  public static func serve(
    _ order: Assignment.Recording, on endpoint: Endpoint, host: String
  ) throws {
    // Before the rest of this conversation: that is none of the job's work.
    let recorded = Trace.end()
    try endpoint.send(Greeting(host: MonotonicClock.machine), to: 0)
    try MonotonicClock.answer(
      endpoint, rounds: MonotonicClock.rounds(between: order.machine, MonotonicClock.machine))
    if order.capacity > 0 {
      Trace.begin(TraceRecording(capacity: order.capacity))
    } else {
      try endpoint.send(
        RankTrace(host: host, contents: recorded?.contents ?? TraceContents()), to: 0)
    }
  }
}
