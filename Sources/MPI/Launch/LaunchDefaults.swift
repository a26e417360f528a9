import Glibc

/// How jobs are started: what mpirun is told, and the parameters that Open MPI finds in the
/// environment. There, an option that a user gives to mpirun takes precedence over them; the same
/// parameter given twice on the command line would end mpirun.
public struct LaunchDefaults: Sendable {
  /// The number of ranks.
  public var rankCount: Int
  /// The file that lists the nodes that they run on; nil: this node.
  public var hostFile: String?
  /// Whether mpirun keeps its own words to itself, so that a failing rank's sentence stands alone.
  ///
  /// Then it says nothing of a rank that was killed, or of hosts it cannot reach, either: whoever
  /// started it must explain its exit status.
  public var isQuiet: Bool
  /// The names of environment variables that ranks on other nodes shall see too.
  public var forwarded: [String]
  /// The bytes of shared memory that are free on this node.
  public var freeSharedMemory: Int
  /// Whether ranks may run on other nodes than this one.
  public var spansNodes: Bool

  /// The defaults for a job of `rankCount` ranks.
  ///
  /// - Parameters:
  ///   - options: what else mpirun will be told; it may name hosts.
  ///   - variables: what batch systems say of nodes; nil: as this process's environment has it.
  public init(
    rankCount: Int, hostFile: String? = nil, isQuiet: Bool = true, forwarded: [String] = [],
    freeSharedMemory: Int = LaunchDefaults.freeSharedMemory, options: [String] = [],
    variables: [String: String]? = nil
  ) {
    self.rankCount = rankCount
    self.hostFile = hostFile
    self.isQuiet = isQuiet
    self.forwarded = forwarded
    self.freeSharedMemory = freeSharedMemory
    spansNodes =
      hostFile != nil
      || NodeSpan.isWide(words: options, variables: variables ?? NodeSpan.inherited)
  }

  /// The options of mpirun, in front of the program.
  ///
  /// Ranks are not bound to cores: two of them would share one while another stands idle, and
  /// OpenBLAS would count one core. The coordinator may sit on a core that a worker uses.
  public var arguments: [String] {
    var options = ["-np", "\(rankCount)", "--oversubscribe", "--bind-to", "none"]
    if isQuiet { options.append("--quiet") }
    if let hostFile { options += ["--hostfile", hostFile] }
    return options + (["SWIFT_BACKTRACE"] + forwarded).flatMap { ["-x", $0] }
  }

  /// The environment of mpirun, beyond what it inherits.
  public var environment: [String: String] {
    var variables = [
      // Containers run as root. mpirun wants to be told twice.
      "OMPI_ALLOW_RUN_AS_ROOT": "1",
      "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
      // Looking for other networks takes longer than starting the job.
      "OMPI_MCA_pml": "ob1",
      "OMPI_MCA_mpi_yield_when_idle": "1",
      // A message below these limits leaves at once, even if its sender computes right after.
      "OMPI_MCA_btl_tcp_eager_limit": "\(Self.eagerLimit)",
      "OMPI_MCA_btl_tcp_rndv_eager_limit": "\(Self.eagerLimit)",
      // A crash in ten lines instead of sixty.
      "SWIFT_BACKTRACE": "color=no,interactive=no,threads=crashed,registers=none,images=none",
    ]
    if let segmentSize {
      variables["OMPI_MCA_btl_vader_single_copy_mechanism"] = "none"
      variables["OMPI_MCA_btl_vader_eager_limit"] = "\(Self.eagerLimit)"
      variables["OMPI_MCA_btl_vader_segment_size"] = "\(segmentSize)"
    }
    if freeSharedMemory < Self.smallSegment * (rankCount + 1) {
      // Where shared memory is full, or takes no more files, ranks would wait for it for ever.
      for name in [
        "osc_sm_backing_directory", "btl_vader_backing_directory",
        "shmem_mmap_backing_file_base_dir",
      ] {
        variables["OMPI_MCA_" + name] = Self.temporaryFolder
      }
    }
    if spansNodes {
      variables["OMPI_MCA_btl"] = "self,vader,tcp"
      // A host or a link that is gone ends the job after 5 s instead of minutes.
      variables["OMPI_MCA_oob_tcp_keepalive_time"] = "2"
      variables["OMPI_MCA_oob_tcp_keepalive_intvl"] = "1"
      variables["OMPI_MCA_oob_tcp_keepalive_probes"] = "3"
    } else {
      // Nobody else shall reach these ranks. They would listen on every interface, without a password.
      variables["OMPI_MCA_btl"] = "self,vader"
      // For those who ask for tcp all the same.
      variables["OMPI_MCA_btl_tcp_if_include"] = "lo"
      variables["OMPI_MCA_oob_tcp_if_include"] = "lo"
      // mpirun's own port cannot be told.
      if let loopback = Self.loopbackLibrary { variables["LD_PRELOAD"] = loopback }
    }
    return variables
  }

  /// The environment of mpirun where `inherited` is this process's: what is set there stays.
  public func environment(over inherited: [String: String]) -> [String: String] {
    environment.merging(inherited) { _, set in set }
  }

  /// The largest message, in bytes, that is sent without asking its receiver first: a head of 100
  /// classes by 1024 features, and more than a turn of most jobs.
  private static let eagerLimit = 512 << 10

  /// How large the files may have to be in which ranks of this node meet and share memory, in bytes.
  public var sharedFileByteCount: Int { max(segmentSize ?? 0, Self.leastFileByteCount) }

  /// What Open MPI's own files may have, with room to spare.
  private static let leastFileByteCount = 16 << 20

  /// About how many bytes of address space MPI maps in each rank of this node: a segment of shared
  /// memory for each of them, and its own libraries.
  public var mappedByMPI: Int { (segmentSize ?? Self.smallSegment) * rankCount + Self.libraries }

  /// The size of Open MPI's own segments, and about that of its libraries, in bytes.
  static let (smallSegment, libraries) = (4 << 20, 208 << 20)

  /// The shared memory for messages that each rank reserves, in bytes. Vader cannot connect ranks if
  /// it is below about ten messages of the eager limit; nil where the node has no room for that.
  private var segmentSize: Int? {
    // Ranks take all of it when they start, so it shall be little of a node's memory.
    let share = freeSharedMemory / (rankCount + 1)
    return share / 4 >= 64 << 20 ? 64 << 20 : share >= 16 << 20 ? 16 << 20 : nil
  }

  /// The least shared memory, in bytes, in which two ranks can meet.
  public static let leastSharedMemory = 3 * smallSegment

  /// The library that keeps mpirun to the loopback interface, beside this program; nil: it was not built,
  /// or the loader could not read its path.
  private static let loopbackLibrary: String? = {
    let program = text(capacity: 4096) { buffer, capacity in
      let count = readlink("/proc/self/exe", buffer, capacity - 1)
      buffer[max(0, count)] = 0
    }
    guard let slash = program.lastIndex(of: "/") else { return nil }
    let path = program[...slash] + "libloopback.so"
    return path.contains { $0 == " " || $0 == ":" } || access(String(path), R_OK) != 0
      ? nil : String(path)
  }()

  /// The folder for temporary files.
  public static var temporaryFolder: String {
    getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  }

  /// The bytes that are free in /dev/shm, where ranks of one node meet; 0 where it takes no more files.
  public static var freeSharedMemory: Int { freeMemory(in: "/dev/shm") }

  /// How many files the ranks of a node may want there.
  public static let leastFiles = 64

  /// The bytes that new files in a folder can have.
  public static func freeMemory(in folder: String) -> Int {
    var status = statvfs()
    guard statvfs(folder, &status) == 0, status.f_flag & UInt(ST_RDONLY) == 0 else { return 0 }
    // A few files a rank; a file system without such a limit says that it has none at all.
    guard status.f_files == 0 || status.f_favail > leastFiles else { return 0 }
    let (bytes, overflow) = Int(clamping: status.f_bavail)
      .multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
    return overflow ? .max : bytes
  }
}
