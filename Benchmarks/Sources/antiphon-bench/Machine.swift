import Foundation
import Glibc
import MPI
import Tensors

/// This machine and this build, as far as they explain a time.
enum Machine {
  /// Whether assertions are on, and the optimizer is off.
  static var isDebugBuild: Bool {
    #if DEBUG
      true
    #else
      false
    #endif
  }

  /// Replaces this process by mpirun, which starts it again as the ranks of a benchmark.
  static func becomeJob(_ benchmark: Benchmark, _ numbers: [Int]) -> Never {
    let defaults = LaunchDefaults(rankCount: benchmark.ranks(numbers))
    if !benchmark.isLocal { setenv("OMPI_MCA_btl", "self,tcp", 1) }
    for (name, value) in defaults.environment { setenv(name, value, 0) }
    unsetenv("OPENBLAS_CORETYPE")
    setenv("OPENBLAS_NUM_THREADS", "1", 1)
    let words = ["mpirun"] + defaults.arguments + CommandLine.arguments
    var arguments = words.map { strdup($0) } + [nil]
    execvp("mpirun", &arguments)
    print("antiphon-bench: mpirun cannot be started: \(String(cString: strerror(errno)))")
    exit(69)
  }

  /// One line on what is measured, one on where.
  static func describe(_ benchmark: Benchmark, ranks: Int) {
    print("\n\(benchmark.name): \(benchmark.summary)")
    print(
      "  \(ranks) ranks on \(MPIWorld.coreCount) cores (\(processor)), BLAS \(BLAS.coreName) with"
        + " \(BLAS.threads) thread a rank, load \(load)")
  }

  /// The load of the last minute: above 0.5 before a benchmark, somebody else is at work.
  private static var load: String {
    var averages = [0.0, 0, 0]
    return getloadavg(&averages, 3) > 0 ? decimals(averages[0], 1) : "unknown"
  }

  private static var processor: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":").last ?? "processor unknown"
    return name.trimmingCharacters(in: .whitespaces)
  }
}

/// A number with so many digits behind the point.
func decimals(_ value: Double, _ digits: Int) -> String {
  String(format: "%.\(digits)f", value)
}
