import Configuration
import Exchange
import Foundation
import Methods
import Storage
import TestSupport
import Testing
import Worker

@testable import Coordinator
@testable import Runs

/// A run of some epochs in this process, with its folder, that can be cut off and gone on with.
struct SmallJob {
  let scratch: Scratch
  var configuration: RunConfiguration

  /// What ends a run in the middle, as far as it can tell the death of its process.
  struct Death: Error {}

  init(_ method: any TrainingMethod = AlternatingAdaptation(), epochs: Int = 4) throws {
    scratch = try Scratch()
    configuration = .demo(seed: 3)
    configuration.method = MethodChoice(method)
    configuration.execution.featuresMayCross = method.demands.sendsFeatures
    if method.demands.wantsValidation { configuration.data.validationFraction = 0.02 }
    (configuration.epochs, configuration.batchSize) = (epochs, 256)
    configuration.evaluation.every = 100
    configuration.checkpoint.every = .cycles(4)
  }

  /// Trains in a folder of that name; dies when so many checkpoints stand.
  func train(_ name: String, dyingAfter checkpoints: Int? = nil) throws {
    let directory = try RunDirectory(creating: scratch[name])
    try onRanks(name) { [configuration] job in
      _ = try job.train(configuration, in: directory) { Mortal($0, dyingAfter: checkpoints) }
    }
  }

  /// Trains with several seeds in a folder of that name; dies in the run at `place`, from 0, when so many
  /// checkpoints of it stand, with none in its first segment.
  func train(
    _ name: String, seeds: [UInt64], dyingIn place: Int? = nil, after checkpoints: Int = 0
  ) throws {
    let directory = try RunDirectory(creating: scratch[name])
    try onRanks(name) { [configuration] job in
      var run = -1
      try job.train(configuration, seeds: seeds, in: directory) {
        run += 1
        return Mortal($0, dyingAfter: run == place ? checkpoints : nil)
      }
    }
  }

  /// Goes on with the run in a folder, or with those of several seeds.
  func resume(
    _ name: String, without absent: [String] = [], allowsInexact: Bool = false,
    _ change: @Sendable (inout RunConfiguration) -> Void = { _ in }
  ) throws {
    var configuration = try RunConfiguration.load(path: scratch["\(name)/configuration.yaml"])
    change(&configuration)
    try onRanks(name, configuration) { [configuration, scratch] job in
      try job.resume(
        configuration, in: RunDirectory(resuming: scratch[name]), without: absent,
        allowsInexact: allowsInexact)
    }
  }

  /// What was said last, in a run's folder of that name.
  func said(_ name: String) -> String {
    (scratch.text("\(name).output") ?? "").replacing(scratch.path + "/", with: "")
  }

  /// The checkpoints in a run's folder.
  func checkpoints(_ name: String) -> [String] {
    CheckpointFolder.all(in: scratch[name])
  }

  /// The hash of a finished run's weights, and every number of its metrics but times.
  func numbers(_ name: String) throws -> [String] {
    let metrics = try #require(scratch.text("\(name)/metrics.jsonl")).split(separator: "\n")
    let summary = try #require(scratch.text("\(name)/summary.json"))
    return try [summary].map { try Self.withoutTimes($0) }
      + metrics.map { try Self.withoutTimes(String($0)) }
  }

  private static func withoutTimes(_ text: String) throws -> String {
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    guard case .object(var members) = value else { return text }
    for key in [
      "seconds", "samples_per_second", "waited_seconds", "data_wait", "cycles_per_second", "ranks",
    ] {
      members[key] = nil
    }
    return try JSONValue.object(members).text(pretty: false)
  }

  /// Evaluates the model of a run.
  func evaluate(_ name: String, split: EvaluatedSplit = .test) throws {
    let run = try RunDirectory(existing: scratch[name])
    let configuration = try RunConfiguration.saved(in: run, fusion: nil, overrides: [])
    try onRanks(name, configuration) { job in
      try job.evaluate(configuration, model: run, split: split, csv: nil)
    }
  }

  /// Samples of each modality that an epoch of a run trained.
  func trained(_ name: String, epoch: Int) throws -> [String: Int] {
    let lines = try #require(scratch.text("\(name)/metrics.jsonl")).split(separator: "\n")
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(lines[epoch - 1].utf8))
    guard case .object(let members) = value, case .object(let training) = members["training"] else {
      return [:]
    }
    return training.mapValues { modality in
      guard case .object(let totals) = modality, case .integer(let count) = totals["samples"] else {
        return -1
      }
      return count
    }
  }

  /// - Parameter configuration: what the run's ranks follow from; nil: the job's.
  func onRanks(
    _ name: String, _ configuration: RunConfiguration? = nil,
    _ body: @escaping @Sendable (Job) throws -> Void
  ) throws {
    let configuration = configuration ?? self.configuration
    let output = open(scratch["\(name).output"], O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(output) }
    let ranks = RankLayout(ranksPerModality: configuration.modalities.map(\.ranks)).size
    try OneProcess.run(ranks: ranks, deadline: .seconds(60)) { endpoint in
      guard endpoint.worldRank == 0 else {
        do {
          return try WorkerSession.serve(endpoint, host: "here")
        } catch is RefusalSent {
          // What the coordinator has heard ends the run, as in the program.
          return
        }
      }
      try body(
        Job(endpoint: endpoint, host: "here", console: Console(.output, descriptor: output)))
      for rank in 1..<ranks { try endpoint.send(Assignment.dismissed, to: rank) }
    }
  }

  /// Passes on to the reporter, and throws when so many checkpoints stand.
  private final class Mortal: RunObserver {
    private let reporter: RunReporter
    private var left: Int?
    private var isDying = false

    init(_ reporter: RunReporter, dyingAfter checkpoints: Int?) {
      self.reporter = reporter
      left = checkpoints
      isDying = left == 0
    }

    func began(_ facts: RunFacts) throws { try reporter.began(facts) }
    func progressed(_ progress: RunProgress) throws {
      if isDying { throw Death() }
      try reporter.progressed(progress)
    }
    func measured(_ turn: TurnInterference) throws { try reporter.measured(turn) }
    func epochEnded(_ record: EpochRecord) throws { try reporter.epochEnded(record) }
    func saveFailed(_ position: RunPosition, isLast: Bool, problems: [String]) {
      reporter.saveFailed(position, isLast: isLast, problems: problems)
    }
    func saved(_ weights: SavedWeights) {
      reporter.saved(weights)
      left = left.map { $0 - 1 }
      isDying = left == 0
    }
  }
}
