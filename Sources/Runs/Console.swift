import Glibc
import Storage

/// Where a run speaks to the person who started it, and to its log.
///
/// In a terminal one line may be updated in place; elsewhere there are only whole lines.
public final class Console {
  /// Whether someone is looking at a terminal. The launcher says so, because a rank cannot see it.
  public let isTerminal: Bool
  private let width: Int
  private var log: UnsafeMutablePointer<FILE>?
  private var hasOpenLine = false

  /// The console of this process, as the launcher describes it.
  public init() {
    isTerminal = getenv("ANTIPHON_TERMINAL") != nil
    width = getenv("ANTIPHON_TERMINAL").flatMap { Int(String(cString: $0)) } ?? 80
  }

  deinit { stopLogging() }

  /// From now on every whole line goes to a file too.
  public func startLogging(to path: String) {
    stopLogging()
    log = fopen(path, "w")
  }

  /// Closes the log.
  public func stopLogging() {
    if let log { fclose(log) }
    log = nil
  }

  /// Says a line. The log has it first: when a job is ended, the console may be gone already.
  public func say(_ line: String = "") {
    note(line)
    endOpenLine()
    write(line + "\n")
  }

  /// Says what may be meant but is odd, the one way in which all warnings are said.
  public func warn(_ sentence: String) { say("warning: \(sentence)") }

  /// Writes a line to the log alone: what is said elsewhere.
  public func note(_ line: String) {
    guard let log else { return }
    fputs(line + "\n", log)
    fflush(log)
  }

  /// Says several lines.
  public func say(_ lines: [String]) { lines.forEach { say($0) } }

  /// Shows a line that the next one replaces. Only for terminals.
  public func update(_ line: String) {
    guard isTerminal else { return }
    write("\r\u{1B}[K" + line.prefix(max(20, width - 1)))
    hasOpenLine = true
  }

  private func endOpenLine() {
    guard hasOpenLine else { return }
    write("\r\u{1B}[K")
    hasOpenLine = false
  }

  /// A run goes on when nobody listens any more: what it says is in its log.
  private func write(_ text: String) { Descriptors.write(text, to: STDOUT_FILENO) }
}
