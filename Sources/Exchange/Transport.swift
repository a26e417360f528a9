import MPI

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
  /// Whether a message from `rank` is there, or has begun to come.
  func hasMessage(from rank: Int) -> Bool
  /// Waits until everything posted has left. Returns nil then; once that has taken `limit`, a rank that
  /// has not taken what was posted to it.
  func drain(within limit: Duration) throws -> Int?

  // What replicas of a modality have beside messages that are waited for.

  /// Takes the next message from `rank` if all of it has come, and writes it to `frame`. Never waits.
  func poll(from rank: Int, into frame: Frame) throws -> Bool
  /// How many of the frames posted to `rank` have not left yet.
  func leavingCount(to rank: Int) -> Int
  /// Waits until `isOver` says so; false once that has taken `limit`. It is asked now and then, and as soon
  /// as somebody rings this rank.
  ///
  /// - Parameter areRung: whether all who can bring about the end ring this rank then.
  func wait(areRung: Bool, within limit: Duration, until isOver: () throws -> Bool) throws -> Bool
  /// Has `rank` look whether its wait is over, or nearly so.
  func ring(_ rank: Int)
  /// Whether this rank may have memory together with that one.
  func canShareMemory(with rank: Int) -> Bool
  /// Makes memory that others open by its name. Throws where there is no room for it.
  func makeShared(_ byteCount: Int) throws -> SharedMemory
  /// Opens memory that another rank has made. Throws where it is not to be had here.
  func openShared(_ name: String, byteCount: Int) throws -> SharedMemory
  /// From now on nobody opens memory that this rank has made.
  func closeShared(_ memory: SharedMemory)
}
