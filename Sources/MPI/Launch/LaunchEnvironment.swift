import Glibc

/// What the environment tells of how this process was started, before MPI is asked.
public struct LaunchEnvironment: Sendable {
  private let variables: [String: String]

  /// Reads the given environment variables.
  public init(_ variables: [String: String]) { self.variables = variables }

  /// The environment that this process was started with, as far as launchers write to it. MPI
  /// writes to it too once it is initialised, so it is read once, before that.
  public static let current: LaunchEnvironment = {
    var variables: [String: String] = [:]
    for name in [
      openMPI, openMPIRank, openMPILocal, segment, backing, pmix, pmi, slurmStep, slurmJob,
      startLimit, marksFolder,
    ] {
      if let value = getenv(name) { variables[name] = String(cString: value) }
    }
    return LaunchEnvironment(variables)
  }()

  /// Whether mpirun, or srun with PMIx, started this process as a rank of a job.
  public var isLaunched: Bool { variables[Self.openMPI] != nil || variables[Self.pmix] != nil }

  /// Whether mpirun did, which ends its ranks by SIGTERM with SIGKILL right after.
  public var isUnderMPIRun: Bool { variables[Self.openMPI] != nil }

  /// This process's rank, as the launcher says it; nil where there is no launcher.
  public var rank: Int? {
    (variables[Self.openMPIRank] ?? variables[Self.pmix]).flatMap { Int($0) }
  }

  /// Where the ranks of this node share memory.
  var sharedFolder: String { variables[Self.backing] ?? "/dev/shm" }

  /// The seconds after which ranks that are not together are no job.
  var startSeconds: Double {
    variables[Self.startLimit].flatMap { Double($0) }.map { min(max($0, 0.1), 1e9) } ?? 300
  }

  /// The folder in which each rank leaves a mark while it starts; nil: nobody wants to know.
  var marks: String? { variables[Self.marksFolder] }

  /// The number of ranks, if all of them are on this node.
  var ranksHere: Int? {
    let (all, here) = (variables[Self.openMPI], variables[Self.openMPILocal])
    return all == here ? all.flatMap { Int($0) } : nil
  }

  /// About how many bytes of address space MPI will map in this rank, as `LaunchDefaults.mappedByMPI`.
  public var mappedByMPI: Int {
    let ranks = variables[Self.openMPILocal].flatMap { Int($0) } ?? 1
    let segment = variables[Self.segment].flatMap { Int($0) } ?? LaunchDefaults.smallSegment
    let (shared, overflows) = segment.multipliedReportingOverflow(by: ranks)
    return (overflows ? 0 : max(0, shared)) + LaunchDefaults.libraries
  }

  /// Throws if a launcher speaks of several processes where MPI has `size` = 1 rank.
  ///
  /// That is what happens under srun without PMIx: every process believes that it is rank 0 of 1,
  /// and each would train the whole model for itself.
  public func check(size: Int) throws(MPIError) {
    guard size == 1, let (launcher, processes) = announced, processes > 1 else { return }
    throw .alone(launcher: launcher, processes: processes)
  }

  /// Who said how many processes there are. mpirun knows best: it also runs inside of allocations.
  private var announced: (launcher: String, processes: Int)? {
    for name in [Self.openMPI, Self.pmi, Self.slurmStep, Self.slurmJob] {
      if let value = variables[name], let count = Int(value) { return (name, count) }
    }
    return nil
  }

  /// The variable with the seconds that ranks have to meet, and to part: 300 if there is none.
  public static let startLimit = "ANTIPHON_START_LIMIT"
  private static let marksFolder = "ANTIPHON_MARKS"
  private static let openMPI = "OMPI_COMM_WORLD_SIZE"
  private static let openMPIRank = "OMPI_COMM_WORLD_RANK"
  private static let backing = "OMPI_MCA_osc_sm_backing_directory"
  private static let openMPILocal = "OMPI_COMM_WORLD_LOCAL_SIZE"
  private static let segment = "OMPI_MCA_btl_vader_segment_size"
  private static let pmix = "PMIX_RANK"
  private static let pmi = "PMI_SIZE"
  private static let slurmStep = "SLURM_STEP_NUM_TASKS"
  private static let slurmJob = "SLURM_NTASKS"
}
