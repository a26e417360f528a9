import Configuration
import Exchange
import Foundation
import Storage
import TestSupport
import Testing
import Worker

@testable import Coordinator
@testable import Runs

/// The folder of a run that is deleted, moved or replaced while the run goes on.
@Suite struct LostFolderTests {
  private let scratch: Scratch
  private let directory: RunDirectory

  init() throws {
    scratch = try Scratch()
    directory = try RunDirectory(creating: scratch["run"])
  }

  /// Passes on to the reporter, and does something when the checkpoint of an epoch stands.
  private final class Meddler: RunObserver {
    let reporter: RunReporter
    let afterSave: (Int) -> Void

    init(_ reporter: RunReporter, _ afterSave: @escaping (Int) -> Void) {
      (self.reporter, self.afterSave) = (reporter, afterSave)
    }

    func began(_ facts: RunFacts) throws { try reporter.began(facts) }
    func progressed(_ progress: RunProgress) throws { try reporter.progressed(progress) }
    func saved(_ weights: SavedWeights) {
      reporter.saved(weights)
      afterSave(weights.position.epoch)
    }
    func saveFailed(_ position: RunPosition, isLast: Bool, problems: [String]) {
      reporter.saveFailed(position, isLast: isLast, problems: problems)
    }
    func epochEnded(_ record: EpochRecord) throws { try reporter.epochEnded(record) }
  }

  /// Trains for four epochs with a save after each; returns the warnings and the error, without the
  /// path of the scratch folder.
  private func train(
    _ afterSave: @escaping @Sendable (Int) -> Void
  ) throws -> (warnings: [String], error: String?) {
    var run = RunConfiguration.demo(seed: 0)
    run.epochs = 4
    run.batchSize = 256
    run.checkpoint.every = .epochs(1)
    run.evaluation.every = 100
    let configuration = run
    let output = open(scratch["output"], O_WRONLY | O_CREAT, 0o600)
    defer { close(output) }
    let error = #expect(throws: RunError.self) {
      try OneProcess.run(ranks: 3, deadline: .seconds(60)) { [directory] endpoint in
        guard endpoint.worldRank == 0 else {
          return try WorkerSession.serve(endpoint, host: "here")
        }
        _ = try Job(
          endpoint: endpoint, host: "here", console: Console(.output, descriptor: output)
        ).train(configuration, in: directory) { Meddler($0, afterSave) }
      }
    }
    let said = try #require(scratch.text("output")).replacing(scratch.path + "/", with: "")
    return (
      said.components(separatedBy: "warning: ").dropFirst().map {
        $0.split(separator: "\n").prefix(2).joined(separator: "\n")
      },
      error?.description.replacing(scratch.path + "/", with: "")
    )
  }

  /// Removes a folder in which somebody may just be making a file.
  private static func remove(_ name: String, of scratch: Scratch) {
    for _ in 0..<1_000 where access(scratch[name], F_OK) == 0 {
      if (try? scratch.remove(name)) == nil { usleep(1_000) }
    }
  }

  private static let deleted = "run: the run's folder was deleted, with all that was saved in it"
  private static let moved =
    "run: the run's folder was moved to elsewhere, where all is that was saved before"
  private static let replaced = "; nothing is written to the folder that has its place"

  private func expect(
    _ found: (warnings: [String], error: String?), _ loss: String, kept: String
  ) {
    #expect(
      found.warnings == [
        "the weights of epoch 3 were not saved:\n  \(loss); training goes on until epoch 4",
        "the weights of epoch 4 were not saved, as those of 2 checkpoints in all:\n  \(loss)",
      ])
    #expect(found.error == "the final weights could not be saved: \(loss); \(kept)")
  }

  private static let keptElsewhere =
    "kept in elsewhere: the metrics of 4 of 4 epochs and the weights after epoch 2 (elsewhere/weights/epoch-0002)"

  @Test func `a folder that was deleted is not made anew`() throws {
    let found = try train { [scratch] in if $0 == 2 { Self.remove("run", of: scratch) } }
    expect(found, Self.deleted, kept: "nothing is kept")
    #expect(scratch.names() == ["output"])
  }

  @Test func `a folder that was moved is found, and goes on to get metrics`() throws {
    let found = try train { [scratch] in
      if $0 == 2 { rename(scratch["run"], scratch["elsewhere"]) }
    }
    expect(found, Self.moved, kept: Self.keptElsewhere)
    #expect(scratch.names() == ["elsewhere", "output"])
    #expect(scratch.text("elsewhere/metrics.jsonl")?.count { $0 == "\n" } == 4)
    #expect(scratch.text("elsewhere/model.json")?.contains("weights/epoch-0002") == true)
  }

  @Test(arguments: [false, true])
  func `a folder in the place of the run's is left alone`(isMoved: Bool) throws {
    let found = try train { [scratch] in
      guard $0 == 2 else { return }
      if isMoved {
        rename(scratch["run"], scratch["elsewhere"])
      } else {
        Self.remove("run", of: scratch)
      }
      // Where the first was deleted, file systems give this one its number.
      try? scratch.write("mine", to: "run/summary.json")
    }
    expect(
      found, (isMoved ? Self.moved : Self.deleted) + Self.replaced,
      kept: isMoved ? Self.keptElsewhere : "nothing is kept")
    #expect(scratch.names(in: "run") == ["summary.json"])
    #expect(scratch.text("run/summary.json") == "mine")
  }

  @Test func `a folder that is lost after the last save is an error too`() throws {
    let found = try train { [scratch] in if $0 == 4 { Self.remove("run", of: scratch) } }
    #expect(found.warnings == [])
    #expect(found.error == Self.deleted)
    #expect(scratch.names() == ["output"])
  }
}
