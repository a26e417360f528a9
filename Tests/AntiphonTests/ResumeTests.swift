import Foundation
import TestSupport
import Testing

extension WaitingJobs {
  /// Runs that are broken off and gone on with, by the program itself.
  @Suite struct ResumeTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop.pair() }

    /// Starts a run that would go on for ever, over three ranks; ends it when epochs are behind it.
    private func brokenOff(by end: (LiveJob) throws -> Void) throws -> MPIRun.Outcome {
      let job = try LiveJob.ranks(
        3, "antiphon",
        workshop.trainArguments(
          "pair.yaml", to: "run", set: ["epochs=1000000", "checkpoint.every=4 cycles"]))
      let runs = job.wait { checkpointedEpochs > 2 }
      try #require(runs, "\(job.output)\(job.errors)")
      try end(job)
      return try #require(job.outcome(within: 20), "the job hangs")
    }

    /// The epochs of the newest checkpoint.
    private var checkpointedEpochs: Int {
      guard workshop.scratch.text("run/model.json") != nil else { return 0 }
      return (try? json(workshop, "run/model.json", "epochs") as? Int) ?? 0
    }

    private func resume(_ way: Way, _ options: String...) async throws -> MPIRun.Outcome {
      try await workshop.antiphon(way, ["train", "--resume", workshop.scratch["run"]] + options)
    }

    /// The numbers of the run are those of one that was never disturbed.
    private func expectUndisturbed(epochs: Int) async throws {
      let whole = try await workshop.train(
        .oneProcess, "pair.yaml", to: "whole", set: ["epochs=\(epochs)"])
      try #require(whole.status == 0, "\(whole)")
      let (found, expected) = (try RunNumbers(workshop, "run"), try RunNumbers(workshop, "whole"))
      #expect(found.summary == expected.summary)
      #expect(found.metrics == expected.metrics)
      #expect(found.metrics.count == epochs)
    }

    @Test func `a run over ranks whose worker was killed goes on in one process`() async throws {
      let outcome = try brokenOff { kill(try #require($0.process(ofRank: 2)), SIGKILL) }
      #expect(outcome.status == 137, "\(outcome)")
      let epochs = checkpointedEpochs + 2
      let resumed = try await resume(.oneProcess, "--set", "epochs=\(epochs)")
      #expect(resumed.status == 0, "\(resumed)")
      #expect(resumed.output.hasPrefix("going on after "), "\(resumed)")
      try await expectUndisturbed(epochs: epochs)
    }

    @Test func `a run that was asked to end goes on over ranks`() async throws {
      let outcome = try brokenOff { $0.send(SIGUSR1) }
      #expect(outcome.status == 76, "\(outcome)")
      let epochs = checkpointedEpochs + 2
      let resumed = try await resume(.ranks(3), "--set", "epochs=\(epochs)")
      #expect(resumed.status == 0, "\(resumed)")
      try await expectUndisturbed(epochs: epochs)
    }

    @Test func `a run does not go on with other data, unless it is allowed to`() async throws {
      let outcome = try brokenOff { $0.send(SIGUSR1) }
      #expect(outcome.status == 76, "\(outcome)")
      // One bit of the last number of the first sample.
      var bytes = try workshop.scratch.bytes("a_train.npy")
      bytes[128 + 4 * 4] ^= 1
      try workshop.scratch.write(bytes, to: "a_train.npy")
      let epochs = "epochs=\(checkpointedEpochs + 2)"
      try workshop.scratch.write("{}", to: "run/summary.json")
      let before = ["metrics.jsonl", "configuration.yaml", "summary.json", "model.json"].map {
        workshop.scratch.text("run/\($0)")
      }
      let refused = try await resume(.ranks(3), "--set", epochs)
      #expect(refused.status == 65, "\(refused)")
      #expect(
        refused.sentences.map(\.withoutHosts) == [
          "the run would not go on exactly: the data of modality a on host HERE are not those that the run was trained on (ids, labels, sizes or values differ); go on where and with what it began, or add --allow-inexact"
        ])
      let after = ["metrics.jsonl", "configuration.yaml", "summary.json", "model.json"].map {
        workshop.scratch.text("run/\($0)")
      }
      #expect(after == before)
      let allowed = try await resume(.oneProcess, "--allow-inexact", "--set", epochs)
      #expect(allowed.status == 0, "\(allowed)")
    }

    @Test func `two processes do not go on with one run`() async throws {
      let outcome = try brokenOff { $0.send(SIGUSR1) }
      #expect(outcome.status == 76, "\(outcome)")
      let job = try LiveJob.ranks(
        3, "antiphon", ["train", "--resume", workshop.scratch["run"]])
      let runs = job.wait { job.output.contains("train  validation") }
      try #require(runs, "\(job.output)\(job.errors)")
      let second = try await resume(.oneProcess)
      #expect(second.status == 65, "\(second)")
      #expect(second.errors.contains("run"), "\(second)")
      job.send(SIGUSR1)
      #expect(job.outcome(within: 20)?.status == 76)
    }
  }
}
