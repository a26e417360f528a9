import Foundation
import TestSupport
import Testing

extension Jobs {
  /// The script, with the build already made: Ctrl-C, statuses, words.
  @Suite struct LaunchScriptTests {
    private let workshop: Workshop
    private let environment: [String: String]

    private static let script = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("launch").path

    /// The script in a folder of its own, where this build's program stands for the release's, and a
    /// `swift` that has nothing to build.
    init() throws {
      workshop = try Workshop.pair()
      let scratch = workshop.scratch
      try scratch.write(
        """
        #!/bin/sh
        [ "$1" != --version ] || echo "Swift version 6.3.1 (swift-6.3.1-RELEASE)"

        """, to: "bin/swift")
      chmod(scratch["bin/swift"], 0o755)
      for ending in ["", ".d"] {
        try FileManager.default.copyItem(
          atPath: Self.script + ending, toPath: scratch["launch" + ending])
      }
      try FileManager.default.createDirectory(
        atPath: scratch[".build/release"], withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: scratch[".build/release/antiphon"],
        withDestinationPath: MPIRun.path(of: "antiphon"))
      let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
      environment = ["PATH": "\(scratch["bin"]):\(path)"]
    }

    private func launch(_ arguments: [String]) throws -> LiveJob {
      try LiveJob([workshop.scratch["launch"]] + arguments, environment: environment)
    }

    @Test(arguments: [[], ["--one-process"]])
    func `Ctrl-C ends the ranks, not before they have said what is kept`(options: [String])
      async throws
    {
      let job = try launch(
        workshop.trainArguments(
          "pair.yaml", to: "run", set: ["epochs=1000000"], options: options))
      let runs = job.wait { workshop.scratch.text("run/metrics.jsonl")?.isEmpty == false }
      try #require(runs, "\(job.output)\(job.errors)")
      let processes = job.processes
      #expect(processes.count >= (options.isEmpty ? 5 : 2))
      job.sendToGroup(SIGINT)
      let outcome = try #require(job.outcome(within: 20), "the job hangs")
      #expect(outcome.status == 130, "\(outcome)")
      #expect(outcome.output.split(separator: "ended on request after").count == 2, "\(outcome)")
      #expect(outcome.errors == "", "\(outcome)")
      #expect(LiveJob.survivors(of: processes, after: 10) == [])
    }

    @Test func `a run through the script ends with status 0, and what is wrong with status 65`()
      async throws
    {
      let good = try #require(
        launch(workshop.trainArguments("pair.yaml", to: "run")).outcome(within: 60))
      #expect(good.status == 0, "\(good)")
      #expect(good.errors == "")
      let again = try #require(
        launch(workshop.trainArguments("pair.yaml", to: "run")).outcome(within: 60))
      #expect(again.status == 65, "\(again)")
      #expect(again.sentences.count == 1)
      let wrong = try #require(
        launch(workshop.trainArguments("pair.yaml", to: "other", set: ["lr=1"]))
          .outcome(within: 60))
      #expect(wrong.status == 65, "\(wrong)")
      #expect(wrong.sentences.count == 1)
      #expect(workshop.scratch.names(in: "other") == [])
    }

    @Test func `a rank that was killed is explained`() async throws {
      let job = try launch(
        workshop.trainArguments("pair.yaml", to: "run", set: ["epochs=1000000"]))
      let runs = job.wait { workshop.scratch.text("run/metrics.jsonl")?.isEmpty == false }
      try #require(runs, "\(job.output)\(job.errors)")
      kill(try #require(job.process(ofRank: 1)), SIGKILL)
      let outcome = try #require(job.outcome(within: 20), "the job hangs")
      #expect(outcome.status == 137, "\(outcome)")
      #expect(outcome.errors.hasPrefix("launch: a rank was killed (status 137): "), "\(outcome)")
      #expect(outcome.output.contains("while waiting for rank 1 (modality a, host "), "\(outcome)")
    }

    /// A long run with a checkpoint after each epoch, once it has one.
    private func longRun(options: [String] = []) throws -> LiveJob {
      let job = try launch(
        workshop.trainArguments(
          "pair.yaml", to: "run", set: ["epochs=1000000", "checkpoint.every=1 epoch"],
          options: options))
      let isSaved = job.wait {
        workshop.scratch.names(in: "run/weights").contains {
          workshop.scratch.text("run/weights/\($0)/checkpoint.json") != nil
        }
      }
      try #require(isSaved, "\(job.output)\(job.errors)")
      return job
    }

    @Test func `what is kept is said where the coordinator could not`() async throws {
      let job = try longRun()
      kill(try #require(job.process(ofRank: 0)), SIGKILL)
      let outcome = try #require(job.outcome(within: 20), "the job hangs")
      #expect(outcome.status == 137, "\(outcome)")
      let run = workshop.scratch["run"]
      #expect(outcome.errors.contains("launch: \(run) holds a checkpoint of epoch "), "\(outcome)")
      #expect(outcome.errors.contains("./launch train --resume \(run)\n"), "\(outcome)")
    }

    @Test func `a run that dies goes on by itself`() async throws {
      let job = try longRun(options: ["--max-restarts", "1"])
      kill(try #require(job.process(ofRank: 1)), SIGKILL)
      let goesOn = job.wait {
        job.output.components(separatedBy: "going on after ").dropFirst()
          .contains { $0.contains("\nepoch ") }
      }
      try #require(goesOn, "\(job.errors)")
      job.sendToGroup(SIGTERM)
      let outcome = try #require(job.outcome(within: 20), "the job hangs")
      #expect(outcome.status == 76, "\(outcome)")
      #expect(outcome.errors.contains("launch: restarting from epoch "), "\(outcome)")
      #expect(outcome.errors.contains(" (restart 1 of 1)\n"), "\(outcome)")
    }

    @Test func `a job ends with its launch`() async throws {
      let job = try longRun()
      let processes = job.processes
      job.send(SIGKILL)
      #expect(LiveJob.survivors(of: processes, after: 20) == [])
      #expect(workshop.scratch.text("run/log.txt")?.contains("epoch 1/") == true)
    }

    @Test func `a dry run starts nothing`() async throws {
      let job = try launch(
        workshop.trainArguments("pair.yaml", to: "run", options: ["--dry-run"]))
      let outcome = try #require(job.outcome(within: 60))
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.output.contains("mpirun -np 3 "), "\(outcome)")
      #expect(outcome.output.contains("srun --mpi=pmix "), "\(outcome)")
      #expect(workshop.scratch.names(in: "run") == [])
    }

    @Test func `a dry run that finds a fault says the plan too, and ends with status 65`()
      async throws
    {
      try workshop.scratch.write("id,label,index\ntrain0,1,0\n", to: "b_train.csv")
      let job = try launch(
        workshop.trainArguments("pair.yaml", to: "run", options: ["--dry-run"]))
      let outcome = try #require(job.outcome(within: 60))
      #expect(outcome.status == 65, "\(outcome)")
      #expect(outcome.output.contains("mpirun -np 3 "), "\(outcome)")
      #expect(outcome.sentences.count == 1 && outcome.sentences[0].hasPrefix("sample 'train0'"))
    }
  }
}
