import Configuration
import Datasets
import Exchange
import Foundation
import Glibc
import Storage
import TestSupport
import Testing
import Worker

@testable import Coordinator
@testable import Runs

/// Weights that find no room: a file stands where their folder should be.
@Suite struct SavingTests {
  private let scratch: Scratch
  private let directory: RunDirectory

  init() throws {
    scratch = try Scratch()
    directory = try RunDirectory(creating: scratch["run"])
  }

  private func configuration(epochs: Int) -> RunConfiguration {
    var run = RunConfiguration.demo(seed: 0)
    run.epochs = epochs
    run.batchSize = 256
    run.checkpoint.every = .epochs(1)
    run.checkpoint.keep = 1
    run.evaluation.every = 100
    return run
  }

  /// Trains on the ranks of one process; `watch` hears of each saved or unsaved epoch.
  private func train(_ configuration: RunConfiguration) throws {
    try OneProcess.run(ranks: 3, deadline: .seconds(60)) { [directory] endpoint in
      guard endpoint.worldRank == 0 else {
        return try WorkerSession.serve(endpoint, host: "here")
      }
      try Job(endpoint: endpoint, host: "here", console: Console())
        .train(configuration, in: directory)
      for rank in 1...2 { try endpoint.send(Assignment.dismissed, to: rank) }
    }
  }

  @Test func `final weights that cannot be saved are an error, with all results written`() throws {
    try scratch.write("in the way", to: "run/weights")
    let error = #expect(throws: RunError.self) { try train(configuration(epochs: 2)) }
    let place = "\(directory.path)/weights/epoch-0002: the folder cannot be made: Not a directory"
    #expect(
      error?.description
        == "the final weights could not be saved: rank 1 (modality strong, host here): \(place); rank 2 (modality weak, host here): \(place); \(place); kept in \(directory.path): the metrics of 2 of 2 epochs and no weights yet"
    )
    let log = try #require(scratch.text("run/log.txt"))
    // The first epoch's failure is a warning, and training goes on.
    #expect(
      log.contains("warning: the weights of epoch 1 were not saved:\n  rank 1 (modality strong"))
    #expect(
      log.contains(
        "warning: the weights of epoch 2 were not saved, as those of 2 checkpoints in all:\n")
    )
    #expect(log.contains("fused, entropy_logits *"))
    #expect(log.hasSuffix("\nerror: \(try #require(error))\n"))
    #expect(scratch.text("run/summary.json")?.contains("weights_sha256") == true)
    #expect(scratch.text("run/metrics.jsonl")?.count { $0 == "\n" } == 2)
    #expect(scratch.names(in: "run").contains("model.json") == false)
  }

  @Test func `that weights are not saved is said before what else finds no room`() throws {
    try scratch.write("in the way", to: "run/weights")
    try scratch.write("in the way", to: "run/environment.json/x")
    let error = #expect(throws: RunError.self) { try train(configuration(epochs: 1)) }
    let said = try #require(error?.description)
    #expect(said.hasPrefix("the final weights could not be saved: rank 1 "))
    #expect(
      said.hasSuffix(
        "; kept in \(directory.path): the metrics of 1 of 1 epochs and no weights yet; \(directory.environment): cannot be put in place: Is a directory"
      ), "\(said)")
  }

  @Test func `what goes wrong with every epoch is said twice, with its count`() throws {
    try scratch.write("in the way", to: "run/weights")
    #expect(throws: RunError.self) { try train(configuration(epochs: 6)) }
    let log = try #require(scratch.text("run/log.txt"))
    let warnings = log.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
    #expect(
      warnings == [
        "warning: the weights of epoch 1 were not saved:",
        "warning: the weights of epoch 6 were not saved, as those of 6 checkpoints in all:",
      ])
  }

  /// Plays the disk: what happens to it after an epoch.
  private final class Disk: RunObserver {
    var saved: [String] = []
    var failed: [Int] = []
    var kept: [[String]] = []
    let afterEpoch: (Int) throws -> Void
    let names: () -> [String]

    init(names: @escaping () -> [String], _ afterEpoch: @escaping (Int) throws -> Void) {
      (self.names, self.afterEpoch) = (names, afterEpoch)
    }

    func began(_ facts: RunFacts) throws {}
    func progressed(_ progress: RunProgress) throws {}
    func epochEnded(_ record: EpochRecord) throws { try afterEpoch(record.epoch) }
    func saved(_ weights: SavedWeights) { saved.append(weights.folder) }
    func saveFailed(_ position: RunPosition, isLast: Bool, problems: [String]) {
      failed.append(position.epoch)
      kept.append(names())
    }
  }

  @Test func `the last good weights stay while the disk is full, and are replaced after`() throws {
    let scratch = scratch
    let disk = Box<(saved: [String], failed: [Int], kept: [[String]])>(([], [], []))
    let configuration = configuration(epochs: 4)
    try OneProcess.run(ranks: 3, deadline: .seconds(60)) { [directory] endpoint in
      guard endpoint.worldRank == 0 else {
        return try WorkerSession.serve(endpoint, host: "here")
      }
      let observer = Disk(names: { scratch.names(in: "run/weights") }) { epoch in
        // In the way of one worker's file alone: the others' are saved, but no whole model.
        let blocked = "run/weights/epoch-000\(epoch + 2)/encoder.weak.safetensors/x"
        if epoch < 2 { try scratch.write("in the way", to: blocked) }
      }
      let session = try CoordinatorSession(
        configuration, endpoint: endpoint, host: "here", runDirectory: directory.path,
        observer: observer)
      _ = try session.train()
      disk.value.saved = observer.saved
      disk.value.failed = observer.failed
      disk.value.kept = observer.kept
      for rank in 1...2 { try endpoint.send(Assignment.dismissed, to: rank) }
    }
    #expect(disk.value.saved == ["weights/epoch-0001", "weights/epoch-0004"])
    #expect(disk.value.failed == [2, 3])
    #expect(disk.value.kept.allSatisfy { $0.contains("epoch-0001") })
    // Of a model that is not whole, nothing stays but what stood in its way.
    for folder in ["epoch-0002", "epoch-0003"] {
      #expect(scratch.names(in: "run/weights/\(folder)") == ["encoder.weak.safetensors"])
    }
    #expect(
      scratch.names(in: "run/weights/epoch-0004") == [
        "checkpoint.json", "encoder.strong.safetensors", "encoder.weak.safetensors",
        "head.safetensors", "state.safetensors", "state.strong.safetensors",
        "state.weak.safetensors",
      ])
    #expect(!scratch.names(in: "run/weights").contains("epoch-0001"))
  }

  @Test func `a run that never began leaves its folder free`() throws {
    var run = configuration(epochs: 1)
    var other = SyntheticOptions()
    (other.component, other.seed) = (1, 9)
    run.modalities[1].source = .synthetic(other)
    #expect(throws: CoordinatorError.self) { try train(run) }
    #expect(scratch.names() == [])
  }

  @Test func `metrics that find no room are missed aloud, at first and at the end`() throws {
    // /dev/full takes no byte; the run's other files are where they belong.
    try FileManager.default.createSymbolicLink(
      atPath: directory.metrics, withDestinationPath: "/dev/full")
    try train(configuration(epochs: 3))
    let log = try #require(scratch.text("run/log.txt"))
    let problem =
      "warning: \(directory.metrics): a line could not be written: No space left on device"
    #expect(
      log.split(separator: "\n").filter { $0.hasPrefix("warning: ") } == [
        "\(problem); training goes on", "\(problem), for 3 epochs in all",
      ], "\(log)")
    #expect(scratch.text("run/summary.json")?.contains("weights_sha256") == true)
  }
}
