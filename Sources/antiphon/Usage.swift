import ArgumentParser
import Foundation
import Runs
import Storage

/// What people read about the command line: help, usage, what is wrong with it.
enum Usage {
  /// What the exit statuses mean.
  static let statuses = """
    EXIT STATUS: 0 done; 64 wrong options; 65 bad input; 70 a fault of the program; 75 a rank did \
    not answer in time; 76 ended on request with a checkpoint, to be resumed; 77 ended on request \
    without (./launch: 143 after SIGTERM). After Ctrl-C, ./launch dies of SIGINT: 130 in a shell.
    """
  /// The same for `verify`, which may find what it looks for.
  static let verifyStatuses = statuses.replacing("0 done;", with: "0 equal; 1 numbers differ;")

  /// The same for `audit`.
  static let auditStatuses = statuses.replacing(
    "0 done;", with: "0 done; 1 something was found, with --strict;")

  /// A command as its help shows it.
  static func command(
    _ name: String, of program: String, _ abstract: String, example: String,
    statuses: String = statuses
  ) -> CommandConfiguration {
    CommandConfiguration(
      commandName: name, abstract: abstract,
      discussion: "EXAMPLE: \(program) \(example)\n\n\(statuses)")
  }

  /// Says what ArgumentParser has to say, on standard error if something is wrong.
  static func say(_ message: String, isFault: Bool) {
    guard !message.isEmpty else { return }
    let text = asTyped(message)
    if isFault {
      Descriptors.write(Terminal.errors.dressed(text) + "\n", to: STDERR_FILENO)
    } else {
      print(text)
    }
  }

  /// A message with commands as people type them, `./launch train` for `antiphon launcher train`, and
  /// placeholders as everywhere else: `DIR` for `<dir>`, `CONFIG.yaml` for `<config.yaml>`. What stands in
  /// a column after a placeholder stays there.
  static func asTyped(_ message: String) -> String {
    message.replacing(
      "'antiphon help launcher prepare <subcommand>'", with: "'./launch prepare SUBCOMMAND --help'"
    ).replacing("antiphon launcher", with: "./launch")
      .replacing(/<([a-z][a-z=,\-]*)(\.[a-z]+)?>( {2,})?/) { match in
        let (_, name, ending, gap) = match.output
        return name.uppercased() + (ending ?? "") + (gap.map { $0 + "  " } ?? "")
      }
  }
}
