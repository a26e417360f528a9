import Glibc
import MPIShim

/// Runs `body` as a rank of an MPI job: initialises MPI, runs, finalises.
///
/// An error that leaves `body` leaves MPI as it is: finalising would wait for ranks that wait for
/// this one. Say what went wrong, then end the job with `MPIWorld.abort(code:)`. Call this once, on
/// the main thread.
public func withMPI<R>(_ body: (MPIWorld) throws -> R) throws -> R {
  let world = try MPIWorld()
  let result = try body(world)
  try world.finalise()
  return result
}

/// All ranks of the job. It belongs to the main thread.
public final class MPIWorld {
  /// This rank, from 0.
  public let rank: Int
  /// The number of ranks.
  public let size: Int
  /// The number of ranks on this rank's node, itself included.
  public let nodeSize: Int
  /// The name of the node, as MPI has it.
  public let hostName: String

  /// Where the ranks of this node share memory, if it has no room for their bells: waits look for
  /// messages then, which costs time on the processors. nil: they have bells, or need none.
  public let fullSharedFolder: String?

  fileprivate init() throws {
    precondition(mpis_is_running() == 0, "MPI is initialised once")
    let environment = LaunchEnvironment.current
    Watch.begin(.starting, in: environment)
    try check(mpis_initialise(), "MPI_Init_thread")
    var rank: Int32 = 0
    var size: Int32 = 0
    var (nodeSize, localRank): (Int32, Int32) = (0, 0)
    try check(mpis_rank(&rank), "MPI_Comm_rank")
    try check(mpis_size(&size), "MPI_Comm_size")
    try environment.check(size: Int(size))
    try check(mpis_node_size(&nodeSize, &localRank), "MPI_Comm_split_type")
    try Self.fillSegment(localRank: localRank)
    let folder = environment.sharedFolder
    var lacksRoom: Int32 = 0
    try check(mpis_hang_bells(folder, &lacksRoom), "MPI_Win_allocate_shared")
    Watch.end()
    self.rank = Int(rank)
    self.size = Int(size)
    self.nodeSize = Int(nodeSize)
    fullSharedFolder = lacksRoom != 0 ? folder : nil
    hostName = text(capacity: 256) { _ = mpis_processor_name($0, $1) }
    mpis_sleep_precisely()
  }

  /// Takes the room for this rank's messages now: later, a full folder would kill it.
  private static func fillSegment(localRank: Int32) throws(MPIError) {
    var byteCount: Int64 = 0
    var code: Int32 = 0
    let folder = text(capacity: 4096) {
      code = mpis_fill_segment(localRank, &byteCount, $0, $1)
    }
    guard code != 0 else { return }
    throw .noSharedMemory(
      folder: folder, byteCount: Int(byteCount), reason: String(cString: strerror(code)))
  }

  fileprivate func finalise() throws {
    Watch.begin(.ending, in: LaunchEnvironment.current)
    defer { Watch.end() }
    try check(mpis_take_down_bells(), "MPI_Win_free")
    try check(mpis_finalise(), "MPI_Finalize")
  }

  /// Whether the environment says that this process is a rank of a job.
  public static var isLaunched: Bool { LaunchEnvironment.current.isLaunched }

  /// The MPI library's name and version, in one line.
  public static var libraryVersion: String {
    let version = text(capacity: 4096) { _ = mpis_library_version($0, $1) }
    return String(version.prefix { !$0.isNewline })
  }

  /// The number of cores that this process may use.
  public static let coreCount = Int(mpis_core_count())

  /// The number of threads of the whole node that run or could run now, this one included; nil where that is
  /// not known, or takes long to ask.
  public static var runningCount: Int? {
    let count = mpis_running_count()
    return count < 0 ? nil : Int(count)
  }

  /// Ends all ranks of the job with exit status `code`; without MPI, this process alone.
  ///
  /// Use codes from 1 to 109: mpirun has its own meanings for some of those above.
  public static func abort(code: Int32) -> Never {
    fflush(nil)
    // Whoever sent a signal sees to the others too, and two ways of ending a job disturb each other.
    if hasOthers && !Interruption.isRequested { mpis_abort(code) }
    _exit(code)
  }

  private static var hasOthers: Bool {
    var size: Int32 = 0
    return mpis_is_running() != 0 && mpis_size(&size) == 0 && size > 1
  }
}
