import Glibc
import Storage
import MPI

/// What is known of the terminal behind standard output or standard error.
public struct Terminal: Sendable, Equatable {
  /// Its width in columns; nil: no terminal, so lines are as long as they are.
  public let width: Int?
  /// Whether words may have colours.
  public let hasColour: Bool

  /// The one behind this process's standard output.
  public static let output = Terminal(STDOUT_FILENO)
  /// The one behind this process's standard error.
  public static let errors = Terminal(STDERR_FILENO)

  private init(_ stream: Int32) {
    self.init(
      launcher: value(stream == STDOUT_FILENO ? Self.outputVariable : Self.errorsVariable),
      isRank: LaunchEnvironment.current.isLaunched, type: value("TERM"),
      noColour: value("NO_COLOR"), columns: columns(of: stream))
  }

  /// What follows from what the environment and the system say.
  ///
  /// mpirun gives its ranks terminals of its own, so that a rank can only believe what whoever
  /// started it says in `outputVariable` and `errorsVariable`. Elsewhere the system knows.
  ///
  /// - Parameters:
  ///   - launcher: the width that the launcher saw, as text; nil: it saw no terminal, or is not there.
  ///   - isRank: whether mpirun or srun started this process.
  ///   - type: `TERM`.
  ///   - noColour: `NO_COLOR` (no-color.org): anything but nothing forbids colours.
  ///   - columns: the width of the terminal that the system sees; nil: there is none.
  init(launcher: String?, isRank: Bool, type: String?, noColour: String?, columns: Int?) {
    let isDumb = type == nil || type == "" || type == "dumb"
    let seen = isRank || isDumb ? nil : columns.map { $0 > 0 ? $0 : 80 }
    width = launcher.map { Int($0) ?? 80 } ?? seen
    hasColour = width != nil && (noColour ?? "").isEmpty
  }

  /// The environment variable in which a launcher tells the width of the terminal behind its standard
  /// output, if there is one.
  public static let outputVariable = "ANTIPHON_TERMINAL"
  /// The same for standard error.
  public static let errorsVariable = "ANTIPHON_TERMINAL_ERRORS"

  /// A text as it is shown here: broken between words where lines end, warnings and errors marked.
  /// Control characters, of paths for example, are shown as numbers.
  public func dressed(_ text: String) -> String {
    text.withoutControls().split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let lines = width.map { WordWrap.lines(String(line), width: $0) } ?? [String(line)]
      return painted(lines[0]) + lines.dropFirst().map { "\n" + $0 }.joined()
    }.joined(separator: "\n")
  }

  /// The line with a colour for the word that says how bad it is, where it begins with one.
  private func painted(_ line: String) -> String {
    guard hasColour else { return line }
    for (word, colour) in Self.colours where line.hasPrefix(word) {
      return "\u{1B}[1;\(colour)m\(word)\u{1B}[0m" + line.dropFirst(word.count)
    }
    return line
  }

  private static let colours = [
    ("warning:", 33), ("antiphon: error:", 31), ("error:", 31), ("Error:", 31),
  ]
}

private func value(_ variable: String) -> String? {
  getenv(variable).map { String(cString: $0) }
}

private func columns(of stream: Int32) -> Int? {
  var size = winsize()
  guard isatty(stream) == 1, ioctl(stream, UInt(TIOCGWINSZ), &size) == 0 else { return nil }
  return Int(size.ws_col)
}
