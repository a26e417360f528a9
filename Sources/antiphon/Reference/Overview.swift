import ArgumentParser
import Foundation
import Storage

extension LauncherCommand {
  /// How `./launch` starts each command.
  struct CommandList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "commands", shouldDisplay: false)

    func run() throws { Commands.lines.forEach { print($0) } }
  }

  /// The name that was probably meant; nothing where none is near.
  struct NearName: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "near", shouldDisplay: false)
    @Argument var word: String
    @Argument var others: [String] = []

    func run() throws {
      if let near = nearestName(to: word, among: Commands.names + others) { print(near) }
    }
  }

  /// What `./launch help` says.
  struct Overview: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "overview", shouldDisplay: false)

    func run() throws {
      let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init) ?? 80
      print(try Self.text(of: .ofScript(), width: min(100, max(60, columns))))
    }

    /// Every command with its options; those of starting stand once for all.
    static func text(of script: CommandInfo, width: Int) -> String {
      let commands = script.commands.map { lines(of: $0, width: width).joined(separator: "\n") }
      return """
        usage: ./launch COMMAND [options]

        \(commands.joined(separator: "\n"))

          Commands that run on ranks take these, too:
          --dry-run             prints the command lines for mpirun and srun, starts
                                nothing; for train also ranks, memory, bytes per turn,
                                and what is wrong with the data (status 65)
          --hostfile FILE       starts ranks on the hosts of a file
          --mpi 'OPTIONS'       hands options to mpirun as they are
          --start-limit N       ends a job whose ranks have not met after N seconds (60)

          COMMAND --help        says what its options mean

        Example: ./launch train examples/lazy2.yaml --set epochs=20 --output runs/first

        Exit status: 0 done; 64 wrong options; 65 bad input; 70 a fault of the program;
        75 a rank did not answer in time; 76 ended on request with a checkpoint: resume.
        After Ctrl-C, launch dies of SIGINT (130 in a shell).
        """
    }

    /// Where the second column begins.
    private static let column = 24

    private static func lines(of command: CommandInfo, width: Int) -> [String] {
      let words = [command.commandName] + command.positions.map(\.usage)
      let name = "  " + words.joined(separator: " ")
      let sets = command.commands.map(\.commandName)
      let about = (command.abstract ?? "").split(separator: " ").map(String.init)
      var described = wrapped(about, indent: column, width: width, gap: " ")
      var lines: [String] = []
      if name.count < column, let first = described.first {
        lines = [name + first.dropFirst(name.count)]
        described.removeFirst()
      } else {
        lines = [name]
      }
      let options = command.options.filter { !$0.isAboutStarting }
      return lines + described
        + wrapped(sets.isEmpty ? options.map(\.usage) : sets, indent: 6, width: width, gap: "  ")
    }

    /// Words in lines of at most `width`; none is broken.
    private static func wrapped(
      _ words: [String], indent: Int, width: Int, gap: String
    ) -> [String] {
      var lines: [String] = []
      for word in words {
        if let last = lines.last, last.count + gap.count + word.count <= width {
          lines[lines.count - 1] = last + gap + word
        } else {
          lines.append(String(repeating: " ", count: indent) + word)
        }
      }
      return lines
    }
  }
}
