/// How bytes get from rank to rank: over MPI, or inside one process.
///
/// Nothing here blocks without a deadline, and waiting leaves the core to others.
public protocol Transport: AnyObject {
  /// This rank, from 0.
  var worldRank: Int { get }
  /// The number of ranks.
  var worldSize: Int { get }
  /// Whether other ranks run while this one works.
  var othersRun: Bool { get }

  /// Starts sending. The frame belongs to the transport until `reclaim` gives it back.
  func post(_ frame: Frame, to rank: Int) throws
  /// A frame that has left, to be used again; nil if there is none.
  func reclaim() -> Frame?
  /// Lets what is being sent go on for so long, if there is something; called while this rank works.
  func push(atMost duration: Duration) throws
  /// Waits for the next message from `rank` and writes it to `frame`; false once that has taken `limit`.
  ///
  /// `meanwhile` is called now and then, and may send; not where no other rank runs at that time.
  func take(
    from rank: Int, into frame: Frame, within limit: Duration, meanwhile: () throws -> Void
  ) throws -> Bool
  /// Waits until everything posted has left. Returns nil then; once that has taken `limit`, a rank that
  /// has not taken what was posted to it.
  func drain(within limit: Duration) throws -> Int?
}
