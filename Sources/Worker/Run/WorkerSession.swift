import Configuration
import Exchange
import Storage
import Tensors

/// A rank that serves the coordinator: it takes assignments until it is dismissed.
public enum WorkerSession {
  /// Serves on `endpoint`. What cannot be done is told to the coordinator, then thrown.
  public static func serve(_ endpoint: Endpoint, host: String) throws {
    endpoint.describe(0, as: "coordinator")
    while true {
      (endpoint.employers, endpoint.dependants) = ([0], [])
      switch try endpoint.receive(Assignment(), from: 0) {
      case .dismissed: return
      case .inspect(let part): try endpoint.send(inspect(part), to: 0)
      case .predict(let part):
        try refusing(over: endpoint, .alone(endpoint.worldRank), because: "on host \(host), ") {
          try PredictingRank(part, endpoint: endpoint, host: host).takePart()
        }
      case .record(let order): try RankRecorder.serve(order, on: endpoint, host: host)
      case .work(let work) where work.isAbsent:
        try StandIn(work, endpoint: endpoint, host: host).takePart()
      case .work(let work) where work.isAudit:
        let data = try refusing(over: endpoint, work.place, because: "on host \(host), ") {
          try AuditedData(work, endpoint: endpoint, host: host)
        }
        try data.takePart()
      case .work(let work):
        // The coordinator does not know yet which host this rank is on, so the refusal says it.
        let run = try refusing(over: endpoint, work.place, because: "on host \(host), ") {
          try Trace.span("open data") { try AssignedRun(work, endpoint: endpoint, host: host) }
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
  ///
  /// Ranks that share the modality hear of it too, for they may wait for this one; their leader passes
  /// it on, since the coordinator listens to it alone while the run goes on.
  static func refusing<R>(
    over endpoint: Endpoint, _ place: GroupPlace, because prefix: String = "",
    _ body: () throws -> R
  ) throws -> R {
    let refusal: Refusal
    do {
      return try body()
    } catch ExchangeError.refused(let by, let reason) {
      guard place.isLeader else { throw RefusalSent(reason: reason) }
      refusal = Refusal(reason, by: by)
    } catch let error as ExchangeError where error.isOfOther {
      // It has said why, or ends the job itself.
      guard let found = try refusalOfOther(over: endpoint, place) else {
        throw RefusalSent(reason: error.description)
      }
      refusal = found
    } catch ExchangeError.interrupted {
      endpoint.tellLoss(among: place.followers)
      throw ExchangeError.interrupted
    } catch let error where !(error is ExchangeError || error is RefusalSent) {
      refusal = Refusal(prefix + String(describing: error))
    }
    for rank in [0] + place.others { try endpoint.send(refusal, to: rank) }
    try endpoint.flush()
    throw RefusalSent(reason: refusal.reason)
  }

  /// What another rank of the modality refuses, for its leader to pass on.
  private static func refusalOfOther(
    over endpoint: Endpoint, _ place: GroupPlace
  ) throws -> Refusal? {
    guard place.isLeader else { return nil }
    do {
      return try endpoint.refusal(from: place.followers, within: .seconds(2))
    } catch ExchangeError.interrupted {
      endpoint.tellLoss(among: place.followers)
      throw ExchangeError.interrupted
    }
  }
}

extension Assignment.Work {
  /// The configuration of the run, which `endpoint` is made ready for.
  func begin(on endpoint: Endpoint) throws -> RunConfiguration {
    Trace.beginRun()
    let run = try RunConfiguration.told(configuration, by: coordinator, over: endpoint)
    endpoint.know(run.method.messageKinds)
    endpoint.employers = [0] + place.others
    if place.isLeader { endpoint.dependants = Array(place.followers) }
    return run
  }
}

extension RunConfiguration {
  /// What the coordinator, which is described by `coordinator`, has sent; `endpoint` waits as it says.
  static func told(
    _ text: String, by coordinator: String, over endpoint: Endpoint
  ) throws -> RunConfiguration {
    let configuration = try parse(
      text, file: "the coordinator's configuration", baseDirectory: nil, overrides: [])
    endpoint.deadline = .seconds(configuration.execution.deadlineSeconds)
    endpoint.describe(0, as: coordinator)
    return configuration
  }

  /// Has this rank, of the modality at a place, compute as the run wants it.
  func takeEffect(for modality: Int) throws {
    guard modalities.indices.contains(modality) else {
      throw WorkerError.unknownModality(modality, of: modalities.count)
    }
    if let threads = execution.threads {
      Threads.count = threads
      try BLAS.reserve(threads: threads)
    }
    Products.current = execution.products
  }
}

extension ExchangeError {
  /// Whether another rank of the group has failed, which says why.
  fileprivate var isOfOther: Bool {
    if case .abandoned = self { true } else { false }
  }
}

/// The coordinator has been told why this worker stops; nobody needs to say it again.
public struct RefusalSent: Error, CustomStringConvertible {
  /// What the coordinator was told.
  public let reason: String
  /// The reason, as the coordinator was told it.
  public var description: String { reason }
}
