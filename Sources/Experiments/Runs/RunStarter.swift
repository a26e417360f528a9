/// Whoever starts the runs of an experiment: `./launch`, or a test.
public protocol RunStarter: AnyObject {
  /// Starts a run, or goes on with one that was cut off.
  func start(_ run: ExperimentRun, resuming: Bool) throws -> any StartedRun
}

/// A run that goes on by itself.
public protocol StartedRun {
  /// Looks whether it is over, and how; told once.
  func poll() -> RunEnding?
  /// Asks it to end, and does not wait for it.
  func ask()
  /// Ends it, and waits for it.
  func end()
}

/// How a run ended.
public enum RunEnding: Sendable, Equatable {
  /// All of it is there.
  case over
  /// It failed, and said why. One that was refused would be refused with any seed.
  case failed(String, isRefusal: Bool)
}
