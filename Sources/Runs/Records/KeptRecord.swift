import Storage

/// What `summary.json` says of the model that a finished run has kept.
struct KeptRecord: Decodable {
  /// The number of epochs that it was trained for.
  let epoch: Int
  /// The number of epochs that the run trained.
  let trainedEpochs: Int
  /// Whether the run ended before its last epoch.
  let stoppedEarly: Bool

  private enum CodingKeys: String, CodingKey {
    case epoch
    case trainedEpochs = "trained_epochs"
    case stoppedEarly = "stopped_early"
  }

  private struct Summary: Decodable {
    let kept: KeptRecord?
  }

  /// What the summary of a run says; nil: there is none, or it is of a build that kept the last model alone.
  ///
  /// - Throws: `RunError.unreadable` where it is not what a run writes.
  static func read(of run: RunDirectory) throws -> KeptRecord? {
    try RecordFile.read(Summary.self, from: run.summary)?.kept
  }
}
