import Exchange

/// The coordinator's work behind a command, on the ranks of a job.
public struct Job {
  let endpoint: Endpoint
  let host: String
  let console: Console

  /// A job on the ranks of `endpoint`.
  public init(endpoint: Endpoint, host: String, console: Console) {
    self.endpoint = endpoint
    self.host = host
    self.console = console
  }
}
