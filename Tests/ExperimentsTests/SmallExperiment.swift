import Configuration
import Coordinator
import Exchange
import Foundation
import Runs
import Storage
import TestSupport
import Worker

@testable import Experiments

/// An experiment of small runs in this process.
struct SmallExperiment {
  let scratch: Scratch
  let plan: ExperimentPlan

  /// What kills an experiment, as far as it can be told from the inside.
  struct Death: Error {}

  init(_ text: String, in folder: String = "out", scratch: Scratch? = nil) throws {
    let scratch = try scratch ?? Scratch()
    self.scratch = scratch
    try scratch.write(Self.base, to: "base.yaml")
    try scratch.write("base: base.yaml\n" + text, to: "small.yaml")
    plan = ExperimentPlan(
      try ExperimentDescription.load(path: scratch["small.yaml"]), folder: scratch[folder])
  }

  /// lazy2, an epoch of it.
  private static let base = """
    classes: 6
    epochs: 1
    features: 16
    batch_size: 256
    data: {validation: 0.1}
    modalities:
      strong: {data: {kind: synthetic, component: strong}, encoder: {kind: mlp, hidden: [8]}}
      weak: {data: {kind: synthetic, component: weak}, encoder: {kind: mlp, hidden: [8]}}

    """

  /// The tables and their remarks, as files have them.
  func report(_ runner: ExperimentRunner? = nil) throws -> ExperimentReport {
    ExperimentReport(
      try ExperimentFindings(plan, failures: runner?.failures ?? [:], resamples: 50), name: "small")
  }
}

/// Runs to the end within `start`, notes which, and can die.
final class InProcess: RunStarter {
  private(set) var started: [String] = []
  private var left: Int?
  private let failing: String?

  /// - Parameters:
  ///   - starts: after how many starts it dies; nil: never.
  ///   - failing: the variant whose runs are refused.
  init(dyingAfter starts: Int? = nil, failing: String? = nil) {
    (left, self.failing) = (starts, failing)
  }

  func start(_ run: ExperimentRun, resuming: Bool) throws -> any StartedRun {
    if left == 0 { throw SmallExperiment.Death() }
    left = left.map { $0 - 1 }
    started.append("\(run.point)/\(run.seed)")
    if run.name == failing { return Ended(.failed("it is not allowed", isRefusal: true)) }
    let configuration = run.configuration
    let directory = try RunDirectory(creating: run.directory)
    let ranks = configuration.modalities.count + 1
    try OneProcess.run(ranks: ranks, deadline: .seconds(60)) { endpoint in
      guard endpoint.worldRank == 0 else {
        return try WorkerSession.serve(endpoint, host: "here")
      }
      try Job(endpoint: endpoint, host: "here", console: .silent).train(
        configuration, in: directory)
      for rank in 1..<ranks { try endpoint.send(Assignment.dismissed, to: rank) }
    }
    return Ended(.over)
  }

  private struct Ended: StartedRun {
    let ending: RunEnding
    init(_ ending: RunEnding) { self.ending = ending }
    func poll() -> RunEnding? { ending }
    func ask() {}
    func end() {}
  }
}
