import Configuration
import Coordinator
import Storage

/// `cycles`: what some cycles take, for experiments on scaling.
extension Job {
  /// Trains `warmUp` cycles from fresh weights, then `count` that are timed, and leaves no files.
  public func time(
    _ configuration: RunConfiguration, warmUp: Int, count: Int
  ) throws -> TimedCycles {
    try CoordinatorSession(
      configuration, endpoint: endpoint, host: host, runDirectory: "", observer: NoObserver()
    ).time(warmUp: warmUp, count: count)
  }
}

/// Hears nothing: whoever times cycles must not be disturbed.
private final class NoObserver: RunObserver {
  func began(_ facts: RunFacts) {}
  func progressed(_ progress: RunProgress) {}
  func epochEnded(_ record: EpochRecord) {}
  func saved(_ weights: SavedWeights) {}
  func saveFailed(_ position: RunPosition, isLast: Bool, problems: [String]) {}
}
