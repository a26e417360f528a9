import MPI
import Testing

@Suite struct LaunchEnvironmentTests {
  @Test func `a rank of mpirun or of srun with PMIx knows that it is one`() {
    #expect(LaunchEnvironment(["OMPI_COMM_WORLD_SIZE": "3"]).isLaunched)
    #expect(LaunchEnvironment(["PMIX_RANK": "0"]).isLaunched)
    #expect(!LaunchEnvironment(["SLURM_NTASKS": "3"]).isLaunched)
    #expect(!LaunchEnvironment([:]).isLaunched)
  }

  @Test(arguments: [
    "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS", "SLURM_NTASKS",
  ])
  func `several processes of one rank each are refused`(variable: String) {
    #expect(throws: MPIError.alone(launcher: variable, processes: 4)) {
      try LaunchEnvironment([variable: "4"]).check(size: 1)
    }
  }

  @Test func `a job of the announced size is accepted`() throws {
    try LaunchEnvironment(["SLURM_NTASKS": "4"]).check(size: 4)
    try LaunchEnvironment(["SLURM_NTASKS": "1"]).check(size: 1)
    try LaunchEnvironment(["SLURM_NTASKS": "many"]).check(size: 1)
    try LaunchEnvironment([:]).check(size: 1)
  }

  @Test func `mpirun with one rank inside of an allocation of four is accepted`() throws {
    try LaunchEnvironment(["OMPI_COMM_WORLD_SIZE": "1", "SLURM_NTASKS": "4"]).check(size: 1)
  }

  @Test func `the refusal says how to start the job`() {
    #expect(
      MPIError.alone(launcher: "SLURM_NTASKS", processes: 4).description
        == "SLURM_NTASKS says that 4 processes were started, but MPI sees 1 rank; start the job with mpirun or with srun --mpi=pmix, and with the Open MPI that this build was linked with"
    )
  }
}

@Suite struct LaunchDefaultsTests {
  @Test func `ranks on this node are neither bound nor limited to cores`() {
    let defaults = LaunchDefaults(rankCount: 3, freeSharedMemory: 1 << 30)
    #expect(
      defaults.arguments == [
        "-np", "3", "--oversubscribe", "--bind-to", "none", "--quiet", "-x", "SWIFT_BACKTRACE",
      ])
    #expect(defaults.environment["OMPI_MCA_oob_tcp_keepalive_time"] == nil)
  }

  @Test func `hosts and forwarded variables reach mpirun`() {
    let listed = LaunchDefaults(
      rankCount: 3, hostFile: "hosts.txt", isQuiet: false, forwarded: ["OPENBLAS_NUM_THREADS"])
    #expect(
      listed.arguments == [
        "-np", "3", "--oversubscribe", "--bind-to", "none", "--hostfile", "hosts.txt",
        "-x", "SWIFT_BACKTRACE", "-x", "OPENBLAS_NUM_THREADS",
      ])
    #expect(listed.environment["OMPI_MCA_oob_tcp_keepalive_time"] == "2")
  }

  @Test func `a job of one node keeps to itself`() {
    let environment = LaunchDefaults(rankCount: 3, variables: [:]).environment
    #expect(environment["OMPI_MCA_btl"] == "self,vader")
    #expect(environment["OMPI_MCA_btl_tcp_if_include"] == "lo")
    #expect(environment["OMPI_MCA_oob_tcp_if_include"] == "lo")
  }

  @Test(arguments: [
    ([], ["SLURM_JOB_NUM_NODES": "2", "SLURMD_NODENAME": "node1"]),
    ([], ["SLURM_JOB_NUM_NODES": "1"]), ([], ["SLURM_NNODES": "2(x1)"]), ([], ["NHOSTS": "4"]),
    ([], ["PBS_NUM_NODES": "2"]), ([], ["LSB_MCPU_HOSTS": "node1 1 node2 4"]),
    ([], ["OMPI_MCA_orte_default_hostfile": "hosts"]), (["--host", "node1"], [:]),
    (["-H", "node1"], [:]), (["--machinefile", "hosts"], [:]),
    (["--mca", "orte_default_hostfile", "hosts"], [:]),
  ])
  func `where ranks may run on other nodes they use the network`(
    options: [String], variables: [String: String]
  ) {
    let environment = LaunchDefaults(rankCount: 3, options: options, variables: variables)
      .environment
    #expect(environment["OMPI_MCA_btl"] == "self,vader,tcp")
    #expect(environment["OMPI_MCA_btl_tcp_if_include"] == nil)
    #expect(environment["OMPI_MCA_oob_tcp_if_include"] == nil)
    #expect(environment["OMPI_MCA_oob_tcp_keepalive_time"] == "2")
  }

  @Test(arguments: [
    (["--timeout", "9"], [:]), ([], ["SLURM_JOB_NUM_NODES": "1", "SLURMD_NODENAME": "node1"]),
    ([], ["LSB_MCPU_HOSTS": "node1 8", "NHOSTS": "1"]),
  ])
  func `an allocation of one node is one`(options: [String], variables: [String: String]) {
    let defaults = LaunchDefaults(rankCount: 3, options: options, variables: variables)
    #expect(!defaults.spansNodes)
  }

  @Test(arguments: [
    (1 << 30, "67108864"), (100 << 20, "16777216"), (32 << 20, nil), (0, nil),
  ])
  func `messages in shared memory take what the node has`(free: Int, segment: String?) {
    let environment = LaunchDefaults(rankCount: 3, freeSharedMemory: free).environment
    #expect(environment["OMPI_MCA_btl_vader_segment_size"] == segment)
    // Without the larger segment the larger limit would keep MPI from starting.
    #expect((environment["OMPI_MCA_btl_vader_eager_limit"] == nil) == (segment == nil))
  }

  @Test func `what the user has set stays`() {
    let merged = LaunchDefaults(rankCount: 2)
      .environment(over: ["OMPI_MCA_btl": "self,tcp", "HOME": "/root"])
    #expect(merged["OMPI_MCA_btl"] == "self,tcp")
    #expect(merged["OMPI_MCA_pml"] == "ob1")
    #expect(merged["HOME"] == "/root")
  }
}
