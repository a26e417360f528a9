import Configuration
import Foundation
import Glibc
import MPI
import Runs
import Storage
import Tensors

/// The command line that starts a job: environment, mpirun, program, in this order.
struct LaunchPlan {
  /// What people say about starting.
  struct Start {
    /// The file that lists hosts; nil: ranks run here.
    var hostFile: String?
    /// Words for mpirun.
    var mpiOptions: [String] = []
    /// Whether to say only what would be started.
    var isDry = false
  }

  let ranks: Int
  let inOneProcess: Bool
  let start: Start
  let threads: Int?
  /// Keys of the configuration that were decided here, as `--set` takes them.
  var overrides: [String] = []
  /// What a dry run says before the command lines.
  var forecast: DryRun?
  /// Whether ranks that will not have the memory they need are not started.
  var checksMemory = true

  /// The words of the whole command; the program's own arguments are those given to the launcher
  /// less what is about starting.
  var words: [String] {
    let program = [CommandLine.arguments[0]] + programArguments
    guard !inOneProcess else { return environment + program }
    return environment + variables(of: defaults) { _ in true } + ["mpirun"] + defaults.arguments
      + start.mpiOptions + program
  }

  /// The same job under Slurm. Ranks there have no daemon of Open MPI's to keep alive, but they send
  /// messages as they do elsewhere.
  var slurmWords: [String] {
    // Slurm chooses the nodes.
    var anywhere = defaults
    anywhere.spansNodes = true
    return environment
      + variables(of: anywhere) { $0.hasPrefix("OMPI_MCA_") && !$0.hasPrefix("OMPI_MCA_oob_") } + [
        "srun", "--mpi=pmix", "--kill-on-bad-exit=1", "--ntasks=\(ranks)",
        "--cpus-per-task=\(rankThreads)", CommandLine.arguments[0],
      ] + programArguments
  }

  private var environment: [String] {
    ["env", "-u", "OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS=1"]
  }

  /// What Open MPI is told by its environment; what is set there already stays.
  private func variables(
    of defaults: LaunchDefaults, where isWanted: (String) -> Bool
  ) -> [String] {
    defaults.environment(over: ProcessInfo.processInfo.environment)
      .filter { defaults.environment[$0.key] != nil && isWanted($0.key) }
      .sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  }

  /// Threads of each rank: what the configuration says, or the cores shared out over the workers.
  var rankThreads: Int { threads ?? max(1, MPIWorld.coreCount / max(1, ranks - 1)) }

  private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control
  }

  /// A word as it stands between `$'` and `'`.
  private func escaped(_ word: String) -> String {
    word.unicodeScalars.map { scalar in
      switch scalar {
      case "'", "\\": "\\\(scalar)"
      case _ where isControl(scalar): "\\u" + String(scalar.value + 0x10000, radix: 16).suffix(4)
      default: "\(scalar)"
      }
    }.joined()
  }

  /// The job's command lines, for people who want to start it themselves.
  var description: String {
    func quoted(_ word: String) -> String {
      let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_=./:,+@%^".contains($0) }
      guard !isPlain || word.isEmpty else { return word }
      // Control characters would reach the terminal.
      guard !word.unicodeScalars.contains(where: isControl) else { return "$'\(escaped(word))'" }
      return "'" + word.replacing("'", with: "'\\''") + "'"
    }
    let direct = words.map(quoted).joined(separator: " ")
    guard !inOneProcess else { return "starts:\n  \(direct)" }
    let slurm = slurmWords.map(quoted).joined(separator: " ")
    return "starts:\n  \(direct)\n\(hostNote)\nunder Slurm:\n  \(slurm)"
  }

  /// ./launch hands mpirun a tidy copy of such a file; who starts mpirun by hand must make one.
  private var hostNote: String {
    guard let path = start.hostFile, let file = try? HostFile(path: path), file.isFromWindows else {
      return ""
    }
    return "  (\(path) has line ends of Windows, which mpirun does not read: sed -i 's/\\r$//')\n"
  }

  /// Prints the words for a shell script, a zero byte after each; in a dry run, for people.
  func print() throws {
    // mpirun has no word of its own for this.
    if !inOneProcess { try checkCurrentFolder() }
    guard !start.isDry else { return try printForPeople() }
    // Nor for this one: its ranks meet in files there.
    if !inOneProcess { try checkTemporaryFolder() }
    if !inOneProcess { try checkFileLimit() }
    // Each rank would refuse the same; nothing needs to be started for it.
    if checksMemory, let fault = memoryFault { throw fault }
    // Before shared memory is looked at again, by Open MPI.
    if !inOneProcess { Leftovers(temporary: LaunchDefaults.temporaryFolder).sweep() }
    let code = Descriptors.write(words.map { $0 + "\0" }.joined(), to: STDOUT_FILENO)
    if code != 0 { throw FileError.system("the command line", "cannot be written", code) }
  }

  /// What a run would take and warn of, the command lines, and what a run would refuse.
  private func printForPeople() throws {
    let console = Console()
    if let forecast {
      console.say(forecast.lines + [""])
      forecast.warnings.forEach(console.warn)
      if !forecast.warnings.isEmpty { console.say() }
    }
    Swift.print(description)
    if let fault = forecast?.fault { throw fault }
  }

  /// Throws where a file may not be as large as those in which ranks meet: mpirun would wait for ever.
  private func checkFileLimit() throws {
    let needed = defaults.sharedFileByteCount
    guard let limit = MemoryLimits.fileByteCount, limit < needed else { return }
    throw FileError(
      "ulimit -f",
      "found \(limit >> 10) KiB, but ranks share memory through files of \(needed >> 10) KiB; raise it, or add --one-process"
    )
  }

  /// Why ranks cannot have the memory that they need; nil: they can.
  var memoryFault: BLAS.MemoryLimit? {
    do {
      try BLAS.checkMemory(threads: rankThreads, shared: inOneProcess ? 0 : defaults.mappedByMPI)
      return nil
    } catch {
      return error
    }
  }

  private var defaults: LaunchDefaults {
    LaunchDefaults(
      rankCount: ranks, hostFile: start.hostFile,
      forwarded: ["OPENBLAS_NUM_THREADS"]
        + [
          Terminal.outputVariable, Terminal.errorsVariable, "NO_COLOR", "ANTIPHON_RUN_FILE",
          LaunchEnvironment.startLimit,
        ].filter {
          ProcessInfo.processInfo.environment[$0] != nil
        }, options: start.mpiOptions)
  }

  private static let forLauncher = ["--hostfile", "--mpi", "--start-limit", "--max-restarts"]

  /// The arguments of the command without those that only say how to start it.
  private var programArguments: [String] {
    Self.givenArguments + overrides.flatMap { ["--set", $0] }
  }

  private static var givenArguments: [String] {
    var words: [String] = []
    var rest = CommandLine.arguments.dropFirst(Invocation.isLauncher ? 2 : 1)[...]
    while let word = rest.popFirst() {
      switch word {
      case "--dry-run": continue
      case _ where forLauncher.contains(word): rest = rest.dropFirst()
      case _ where forLauncher.contains { word.hasPrefix($0 + "=") }: continue
      default: words.append(word)
      }
    }
    return words
  }
}
