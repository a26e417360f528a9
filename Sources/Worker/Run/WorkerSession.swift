import Configuration
import Exchange
import Storage

/// A rank that serves the coordinator: it takes assignments until it is dismissed.
public enum WorkerSession {
  /// Serves on `endpoint`. What cannot be done is told to the coordinator, then thrown.
  public static func serve(_ endpoint: Endpoint, host: String) throws {
    endpoint.describe(0, as: "coordinator")
    endpoint.employers = [0]
    while true {
      switch try endpoint.receive(Assignment(), from: 0) {
      case .dismissed: return
      case .inspect(let part): try endpoint.send(inspect(part), to: 0)
      case .work(let work) where work.isAbsent:
        try StandIn(work, endpoint: endpoint, host: host).takePart()
      case .work(let work):
        // The coordinator does not know yet which host this rank is on, so the refusal says it.
        let run = try refusing(over: endpoint, because: "on host \(host), ") {
          try AssignedRun(work, endpoint: endpoint, host: host)
        }
        try run.takePart()
      }
    }
  }

  /// Looks whether this rank's part of a checkpoint is whole, and removes what was never.
  private static func inspect(_ assigned: Assignment.Part) throws -> Inspection {
    CheckpointFolder.sweep(assigned.runDirectory, keeping: assigned.checkpoints)
    do {
      for file in assigned.part.files {
        try file.check(in: "\(assigned.runDirectory)/\(assigned.folder)")
      }
      return Inspection()
    } catch let error as FileError {
      return Inspection(problem: error.description)
    }
  }

  /// Runs `body`; an error of this rank's own is also sent to the coordinator, which ends the job
  /// with it: so what is wrong with one host's data is said once, by the rank people look at.
  static func refusing<R>(
    over endpoint: Endpoint, because prefix: String = "", _ body: () throws -> R
  ) throws -> R {
    do {
      return try body()
    } catch let error where !(error is ExchangeError) {
      let reason = prefix + String(describing: error)
      try endpoint.send(Refusal(reason), to: 0)
      try endpoint.flush()
      throw RefusalSent(reason: reason)
    }
  }
}

extension Assignment.Work {
  /// The configuration of the run, which `endpoint` is made ready for.
  func begin(on endpoint: Endpoint) throws -> RunConfiguration {
    let run = try RunConfiguration.parse(
      configuration, file: "the coordinator's configuration", baseDirectory: nil, overrides: [])
    endpoint.know(run.method.messageKinds)
    endpoint.deadline = .seconds(run.execution.deadlineSeconds)
    endpoint.describe(0, as: coordinator)
    return run
  }
}

/// The coordinator has been told why this worker stops; nobody needs to say it again.
public struct RefusalSent: Error, CustomStringConvertible {
  /// What the coordinator was told.
  public let reason: String
  /// The reason, as the coordinator was told it.
  public var description: String { reason }
}
