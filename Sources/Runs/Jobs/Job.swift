import Exchange

/// The coordinator's work behind a command, on the ranks of a job.
public struct Job {
  /// The way to the other ranks.
  package let endpoint: Endpoint
  /// The host of this rank.
  package let host: String
  let console: Console
  /// Writes the page that shows what a folder has; nil: nobody wants one.
  let reporting: (@Sendable (RunDirectory) throws -> Void)?

  /// A job on the ranks of `endpoint`.
  ///
  /// - Parameter reporting: writes the page that shows what a folder has, at the end of what was done in it;
  ///   nil: there is none.
  public init(
    endpoint: Endpoint, host: String, console: Console,
    reporting: (@Sendable (RunDirectory) throws -> Void)? = nil
  ) {
    self.endpoint = endpoint
    self.host = host
    self.console = console
    self.reporting = reporting
  }

  /// Writes the page that shows what a folder has. A run is worth more than its picture: what is in the way of
  /// the page is said, and changes nothing else.
  func writeReport(of directory: RunDirectory) {
    guard let reporting, directory.loss == nil else { return }
    do {
      try reporting(directory)
      console.say("its report is \(directory.report)")
    } catch {
      console.warn(
        "the report could not be written: \(error); ./launch report \(directory.path) tries again")
    }
  }
}
