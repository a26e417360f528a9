import Configuration
import Foundation
import Glibc
import MPI
import Storage

/// The command line that starts a job: environment, mpirun, program, in this order.
struct LaunchPlan {
  let ranks: Int
  let inOneProcess: Bool
  let start: LauncherCommand.StartOptions
  let threads: Int?

  /// The words of the whole command; the program's own arguments are those given to the launcher
  /// less what is about starting.
  var words: [String] {
    let program = [CommandLine.arguments[0]] + Self.programArguments
    guard !inOneProcess else { return environment + program }
    return environment + variables { _ in true } + ["mpirun"] + defaults.arguments + mpiOptions
      + program
  }

  /// The same job under Slurm. Ranks there have no daemon of Open MPI's to keep alive, but they send
  /// messages as they do elsewhere.
  var slurmWords: [String] {
    environment + variables { $0.hasPrefix("OMPI_MCA_") && !$0.hasPrefix("OMPI_MCA_oob_") } + [
      "srun", "--mpi=pmix", "--kill-on-bad-exit=1", "--ntasks=\(ranks)",
      "--cpus-per-task=\(rankThreads)", CommandLine.arguments[0],
    ] + Self.programArguments
  }

  private var environment: [String] {
    ["env", "-u", "OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS=1"]
  }

  /// What Open MPI is told by its environment; what is set there already stays.
  private func variables(where isWanted: (String) -> Bool) -> [String] {
    let defaults = self.defaults
    return defaults.environment(over: ProcessInfo.processInfo.environment)
      .filter { defaults.environment[$0.key] != nil && isWanted($0.key) }
      .sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  }

  /// Threads of each rank: what the configuration says, or the cores shared out over the workers.
  var rankThreads: Int { threads ?? max(1, MPIWorld.coreCount / max(1, ranks - 1)) }

  /// The job's command lines, for people who want to start it themselves.
  var description: String {
    func quoted(_ word: String) -> String {
      let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_=./:,+@%^".contains($0) }
      return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
    let direct = words.map(quoted).joined(separator: " ")
    guard !inOneProcess else { return "starts:\n  \(direct)" }
    let slurm = slurmWords.map(quoted).joined(separator: " ")
    return "starts:\n  \(direct)\n\nunder Slurm:\n  \(slurm)"
  }

  /// Prints the words for a shell script, a zero byte behind each; in a dry run, for people.
  func print() throws {
    // mpirun has no word of its own for this.
    if !inOneProcess { try checkCurrentFolder() }
    guard !start.dryRun else { return Swift.print(description) }
    let code = Descriptors.write(words.map { $0 + "\0" }.joined(), to: STDOUT_FILENO)
    if code != 0 { throw StorageError.system("the command line", "cannot be written", code) }
  }

  private var defaults: LaunchDefaults {
    LaunchDefaults(
      rankCount: ranks, hosts: start.hostfile.map { .file($0) } ?? .here,
      forwarded: ["OPENBLAS_NUM_THREADS", "ANTIPHON_TERMINAL"].filter {
        $0 != "ANTIPHON_TERMINAL" || ProcessInfo.processInfo.environment[$0] != nil
      })
  }

  private var mpiOptions: [String] {
    start.mpiOptions.flatMap { $0.split(separator: " ").map(String.init) }
  }

  /// The launcher's arguments without those that only say how to start.
  private static var programArguments: [String] {
    var words: [String] = []
    var rest = CommandLine.arguments.dropFirst(2)[...]
    while let word = rest.popFirst() {
      switch word {
      case "--dry-run": continue
      case "--hostfile", "--mpi": rest = rest.dropFirst()
      case _ where word.hasPrefix("--hostfile=") || word.hasPrefix("--mpi="): continue
      default: words.append(word)
      }
    }
    return words
  }
}
