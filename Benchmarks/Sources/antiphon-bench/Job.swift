import Glibc
import MPI
import Measuring
import Tensors

extension Benchmark {
  /// Replaces this process by mpirun, which starts it again as the ranks of the benchmark.
  func becomeJob(_ numbers: [Int]) -> Never {
    // As Tests/network/run says them.
    let hosts = getenv("HOSTFILE").map { String(cString: $0) }
    let options = (getenv("MPI_OPTIONS").map { String(cString: $0) } ?? "").split(separator: " ")
    let defaults = LaunchDefaults(rankCount: ranks(numbers), hostFile: hosts)
    if !isLocal { setenv("OMPI_MCA_btl", "self,tcp", 1) }
    for (name, value) in defaults.environment { setenv(name, value, 0) }
    unsetenv("OPENBLAS_CORETYPE")
    setenv("OPENBLAS_NUM_THREADS", "1", 1)
    let words = ["mpirun"] + defaults.arguments + options.map(String.init) + CommandLine.arguments
    var arguments = words.map { strdup($0) } + [nil]
    execvp("mpirun", &arguments)
    print("antiphon-bench: mpirun cannot be started: \(String(cString: strerror(errno)))")
    exit(69)
  }

  /// One line on what is measured, one on where.
  func describe(ranks: Int) {
    print("\n\(name): \(summary)")
    print(
      "  \(ranks) ranks on \(MPIWorld.coreCount) cores (\(Machine.processor)), BLAS"
        + " \(BLAS.coreName) with \(Threads.count) thread a rank, load \(Machine.load)")
  }
}
