import Glibc
import Storage

/// Where a run speaks to the person who started it, and to its log.
///
/// In a terminal lines are broken between words and one may be updated in place; elsewhere there are
/// only whole lines. The log has every line as it was said.
public final class Console {
  /// How much of what is said is shown. The log has all of it.
  enum Detail {
    /// All.
    case all
    /// All that is said before training begins, then warnings.
    case opening
    /// Warnings, each of them once.
    case warnings
  }

  /// Whether someone is looking at a terminal.
  public var isTerminal: Bool { terminal.width != nil }
  /// How much is shown.
  var detail = Detail.all
  /// Which of several runs speaks; empty: there is only one.
  var label = ""

  private let terminal: Terminal
  private let descriptor: Int32
  private var log: UnsafeMutablePointer<FILE>?
  private var hasOpenLine = false
  private var warnings: Set<String> = []

  /// The console of this process.
  public convenience init() { self.init(Terminal.output, descriptor: STDOUT_FILENO) }

  /// A console that says nothing on standard output, where that is for a script; warnings go to standard
  /// error.
  public static var silent: Console {
    let console = Console(Terminal.errors, descriptor: STDERR_FILENO)
    console.detail = .warnings
    return console
  }

  /// A console on standard error, beside results on standard output.
  public static var aside: Console { Console(Terminal.errors, descriptor: STDERR_FILENO) }

  /// A console that writes to an open file, as to `terminal`.
  init(_ terminal: Terminal, descriptor: Int32) {
    self.terminal = terminal
    self.descriptor = descriptor
  }

  deinit { stopLogging() }

  /// From now on every whole line goes to a file too.
  ///
  /// - Parameter kept: how many bytes of what the file has stay in front.
  public func startLogging(to path: String, keeping kept: Int = 0) {
    stopLogging()
    truncate(path, kept)
    log = fopen(path, "a")
  }

  /// Closes the log.
  public func stopLogging() {
    if let log { fclose(log) }
    log = nil
  }

  /// Says a line. The log has it first: when a job is ended, the console may be gone already.
  public func say(_ line: String = "") {
    note(line)
    guard shows(line) else { return }
    endOpenLine()
    write(terminal.dressed(labelled(line)) + "\n")
  }

  /// Says several lines.
  public func say(_ lines: [String]) { lines.forEach { say($0) } }

  /// Says a table, in parts where it is wider than the terminal.
  public func say(_ table: TextTable) {
    table.lines.forEach(note)
    guard detail != .warnings else { return }
    endOpenLine()
    for line in table.lines(within: terminal.width) { write(line + "\n") }
  }

  /// Says what may be meant but is odd, the one way in which all warnings are said.
  public func warn(_ sentence: String) { say("warning: \(sentence)") }

  /// Writes a line to the log alone: what is said elsewhere.
  public func note(_ line: String) {
    guard let log else { return }
    fputs(line.withoutControls() + "\n", log)
    fflush(log)
  }

  /// Shows a line that the next one replaces. Only for terminals.
  public func update(_ line: String) {
    guard let width = terminal.width else { return }
    let text = label.isEmpty ? line : "\(label) · \(line)"
    write("\r\u{1B}[K" + WordWrap.prefix(text, columns: max(20, width - 1)))
    hasOpenLine = true
  }

  /// Training begins: the opening is over.
  func endOpening() {
    if detail == .opening { detail = .warnings }
  }

  private func shows(_ line: String) -> Bool {
    let isWarning = line.hasPrefix(Self.warning)
    let isNew = !isWarning || warnings.insert(line).inserted
    return detail == .warnings ? isWarning && isNew : true
  }

  /// The line; a warning, with the name of the run that it is about.
  private func labelled(_ line: String) -> String {
    guard !label.isEmpty, line.hasPrefix(Self.warning) else { return line }
    return "\(Self.warning)\(label): " + line.dropFirst(Self.warning.count)
  }

  private static let warning = "warning: "

  private func endOpenLine() {
    guard hasOpenLine else { return }
    write("\r\u{1B}[K")
    hasOpenLine = false
  }

  /// A run goes on when nobody listens any more: what it says is in its log.
  private func write(_ text: String) { Descriptors.write(text, to: descriptor) }
}
