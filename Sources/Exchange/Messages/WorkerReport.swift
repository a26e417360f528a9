/// What an epoch amounted to on a worker's side.
public struct WorkerReport: Sendable, Equatable {
  /// All waiting since the run began.
  public var waiting = WaitingRecord()
  /// The largest memory the process ever had, in bytes.
  public var peakMemoryByteCount = 0
  /// The mini-batches left out since the run began, because numbers in them were not finite.
  public var skippedCount = 0
  /// Seconds that training has waited for samples to be loaded, since the run began.
  public var waitedForSamples = 0.0
  /// Where the time of training has gone since the run began.
  public var phases = PhaseTimes()
  /// What the method decided in the epoch, on the average of its mini-batches.
  public var notes: [MethodNote] = []
  /// SHA-256 of the worker's weights, in hexadecimal; only at a run's end.
  public var weightsDigest = ""
  /// What the other ranks of a modality have reported to their leader; only at a run's end.
  public var followers: [WorkerReport] = []

  /// An empty report.
  public init() {}
}

extension WorkerReport: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.report

  /// Waiting, memory, what was left out, waiting for samples, phases, notes, the weights' hash; then the same
  /// of followers.
  public mutating func layout(_ fields: Fields) throws {
    try layoutOwn(fields)
    var count = followers.count
    try fields.field(&count)
    try fields.require(count >= 0)
    if fields.isReading { followers = [] }
    for place in 0..<count {
      var follower = fields.isReading ? WorkerReport() : followers[place]
      try follower.layoutOwn(fields)
      if fields.isReading { followers.append(follower) }
    }
  }

  private mutating func layoutOwn(_ fields: Fields) throws {
    try fields.field(&waiting)
    try fields.field(&peakMemoryByteCount)
    try fields.field(&skippedCount)
    try fields.field(&waitedForSamples)
    try fields.field(&phases)
    try fields.field(&notes)
    try fields.field(&weightsDigest)
  }
}
