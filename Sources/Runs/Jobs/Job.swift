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

  /// Writes the page that shows what a folder has.
  func writeReport(of directory: RunDirectory) {
    guard let reporting, directory.loss == nil else { return }
    console.report(in: directory.path, by: reporting)
  }
}

extension Console {
  /// Has the page of a folder written, and says where it is. What was done is worth more than its picture: what is in
  /// the way of the page is said, and changes nothing else.
  public func report(in folder: String, by write: (RunDirectory) throws -> Void) {
    do {
      let directory = try RunDirectory(existing: folder)
      try write(directory)
      say("its report is \(directory.report)")
    } catch {
      warn("the report could not be written: \(error); ./launch report \(folder) tries again")
    }
  }
}
