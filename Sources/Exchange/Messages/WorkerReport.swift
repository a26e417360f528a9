/// What an epoch amounted to on a worker's side.
public struct WorkerReport: Sendable, Equatable {
  /// What was trained in the epoch. Empty where only the coordinator sees a loss.
  public var totals = TrainingTotals()
  /// All waiting since the run began.
  public var waiting = WaitingRecord()
  /// The largest memory the process ever had, in bytes.
  public var peakMemoryByteCount = 0
  /// Why weights that should have been saved were not; empty: they were.
  public var saveProblem = ""
  /// SHA-256 of the worker's weights, in hexadecimal; only at a run's end.
  public var weightsDigest = ""

  /// An empty report.
  public init() {}

  /// Sends the report of an epoch to the coordinator.
  public func send(over endpoint: Endpoint, to rank: Int, epoch: Int) throws {
    let frame = endpoint.frame(.report, turn: epoch)
    frame.append(totals)
    frame.append(waiting)
    frame.append(peakMemoryByteCount)
    frame.append(saveProblem)
    frame.append(weightsDigest)
    try endpoint.send(frame, to: rank)
  }

  /// Waits for a worker's report of an epoch.
  public static func receive(
    over endpoint: Endpoint, from rank: Int, epoch: Int
  ) throws -> WorkerReport {
    try endpoint.receive(.report, turn: epoch, from: rank) { frame in
      var report = WorkerReport()
      report.totals = try frame.readTotals()
      report.waiting = try frame.read(WaitingRecord.self)
      report.peakMemoryByteCount = try frame.read(Int.self)
      report.saveProblem = try frame.readText()
      report.weightsDigest = try frame.readText()
      return report
    }
  }
}
