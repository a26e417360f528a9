import Configuration
import Coordinator
import Storage

extension Job {
  /// Trains once and leaves everything in `directory`; `epochEnded` hears of each epoch after its line is
  /// written.
  ///
  /// - Parameter epochEnded: what it throws ends the run.
  @discardableResult
  public func train(
    _ configuration: RunConfiguration, in directory: RunDirectory,
    epochEnded: @escaping (EpochRecord) throws -> Void
  ) throws -> RunResult {
    try train(configuration, in: directory, observing: { Listener($0, epochEnded) })
  }
}

/// Passes everything on, and tells of epochs.
private final class Listener: RunObserver {
  private let next: any RunObserver
  private let heard: (EpochRecord) throws -> Void

  init(_ next: any RunObserver, _ heard: @escaping (EpochRecord) throws -> Void) {
    (self.next, self.heard) = (next, heard)
  }

  func waitsForData(of modality: String, seconds: Double) {
    next.waitsForData(of: modality, seconds: seconds)
  }
  func began(_ facts: RunFacts) throws { try next.began(facts) }
  func progressed(_ progress: RunProgress) throws { try next.progressed(progress) }
  func measured(_ turn: TurnInterference) throws { try next.measured(turn) }
  func epochEnded(_ record: EpochRecord) throws {
    try next.epochEnded(record)
    try heard(record)
  }
  func saved(_ weights: SavedWeights) { next.saved(weights) }
  func saveFailed(_ position: RunPosition, isLast: Bool, problems: [String]) {
    next.saveFailed(position, isLast: isLast, problems: problems)
  }
}
