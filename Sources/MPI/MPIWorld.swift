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

  fileprivate init() throws {
    precondition(mpis_is_running() == 0, "MPI is initialised once")
    let environment = LaunchEnvironment.current
    try check(mpis_initialise(), "MPI_Init_thread")
    var rank: Int32 = 0
    var size: Int32 = 0
    var nodeSize: Int32 = 0
    try check(mpis_rank(&rank), "MPI_Comm_rank")
    try check(mpis_size(&size), "MPI_Comm_size")
    try environment.check(size: Int(size))
    try check(mpis_node_size(&nodeSize), "MPI_Comm_split_type")
    let hasRoom = LaunchDefaults.freeSharedMemory >= LaunchDefaults.leastSharedMemory
    try check(mpis_hang_bells(hasRoom || environment.hasOtherMemory ? 1 : 0), "MPI_Allreduce")
    self.rank = Int(rank)
    self.size = Int(size)
    self.nodeSize = Int(nodeSize)
    hostName = text(capacity: 256) { _ = mpis_processor_name($0, $1) }
    mpis_sleep_precisely()
  }

  fileprivate func finalise() throws {
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
  public static var coreCount: Int { Int(mpis_core_count()) }

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
