import ArgumentParser
import Exchange
import Glibc
import MPI
import Runs
import Storage
import Tensors

/// The command line.
@main
struct Antiphon: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "antiphon",
    abstract: "Trains multimodal classifiers by alternating unimodal adaptation (MLA).",
    discussion: """
      One rank coordinates, every other rank owns one modality. ./launch builds, counts the ranks \
      and starts them; under mpirun or srun --mpi=pmix the commands run as they are.

      \(Usage.statuses)
      """,
    version: AntiphonVersion.current,
    subcommands: Commands.all + [LauncherCommand.self])

  /// Runs the command that the arguments name. Whatever is wrong, people read it once and in the
  /// same form, and scripts get the same status, however the program was started.
  static func main() {
    Descriptors.prepareStandard()
    BLAS.restartWithoutThreads()
    Interruption.install()
    MemoryExhausted.endProgram { Failure.end(with: $0) }
    Watch.start()
    do {
      try Invocation.checkText()
      try Lanes.check()
      var command = try parseAsRoot()
      // A rank has more to do in its steps; what follows holds for all that is none.
      try LongWork.run(
        lookingUp: { if Interruption.isRequested { throw ExchangeError.interrupted } },
        { try command.run() })
    } catch let error where exitCode(for: error) == .failure {
      Failure.end(with: error)
    } catch {
      // A word about the arguments, which ranks share: the first one says it and ends the others.
      let status = exitCode(for: error)
      if Invocation.isWorker, status.isSuccess || Failure.isEnded(within: Failure.argumentGrace) {
        Glibc.exit(status.rawValue)
      }
      Usage.say(fullMessage(for: error), isFault: !status.isSuccess)
      Glibc.exit(status.rawValue)
    }
  }
}
