import ArgumentParser
import Glibc
import MPI
import Reports
import Runs
import Storage

/// `antiphon watch`: follows a run by what it leaves in its folder. It needs no ranks, and the run none of it.
struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Follows a run in the terminal: curves, the last epoch, the time left.",
    discussion: """
      EXAMPLE: ./launch watch runs/first

      It looks at the run's folder once a second, also where the run is on another host and the folder on a file \
      system that both have. It ends with the run; q or Ctrl-C ends it before, and the run goes on.

      \(Usage.statuses)
      """)

  @Argument(
    help: .init("The folder of a run, or one with runs in it.", valueName: "run"),
    completion: .directory)
  var folder: String

  @Flag(
    help: "Shows what there is now, once: for scripts. So it is where the output is no terminal.")
  var once = false

  func run() throws {
    try NamedPath.check(folder, of: "RUN")
    let watcher = try Watcher(folder)
    let width = Terminal.output.width
    guard !once, width != nil else {
      Descriptors.write(watcher.page(width: width ?? 100), to: STDOUT_FILENO)
      return
    }
    watcher.follow { Interruption.isRequested }
  }
}
