import Foundation
import TestSupport
import Testing

extension WaitingJobs {
  /// Work that lasts longer than a deadline is not the end of a rank, and can be ended.
  @Suite struct LoadingTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop.convolutional() }

    /// Makes the training clips `count` times as many, all from the same files.
    private func repeatClips(_ count: Int) throws {
      let text = try #require(workshop.scratch.text("sound_train.csv"))
      let lines = text.split(separator: "\n").dropFirst()
      let rows = (0..<count).flatMap { round in lines.map { "r\(round)\($0)\n" } }
      try workshop.scratch.write("id,label,path\n" + rows.joined(), to: "sound_train.csv")
    }

    @Test func `a rank that loads longer than the deadline is waited for`() async throws {
      // Some seconds of decoding in a debug build, for a deadline of one.
      try repeatClips(100)
      let outcome = try await workshop.train(
        .ranks(3), "cnn.yaml", to: "run",
        set: ["execution.deadline=1", "epochs=1", "evaluation.every=1", "batch_size=512"])
      #expect(outcome.status == 0, "\(outcome)")
    }

    @Test func `a signal ends a dry run that looks at the data`() throws {
      try repeatClips(5000)
      let job = try LiveJob([
        MPIRun.path(of: "antiphon"), "launcher", "train", workshop.scratch["cnn.yaml"], "--dry-run",
      ])
      // The handlers are the first that the program does, and the data are the most.
      #expect(job.wait { LiveJob.processorTime(of: job.pid) > 0.3 }, "\(job.errors)")
      job.send(SIGINT)
      let outcome = try #require(job.outcome(within: 20), "the dry run goes on")
      #expect(outcome.status == 77, "\(outcome)")
      #expect(outcome.output == "")
    }

    @Test(arguments: [Way.oneProcess, .ranks(3)])
    func `a signal ends a job that is loading`(way: Way) async throws {
      try repeatClips(5000)
      let arguments = workshop.trainArguments("cnn.yaml", to: "run")
      let job =
        switch way {
        case .ranks(let count): try LiveJob.ranks(count, "antiphon", arguments)
        case .oneProcess:
          try LiveJob([MPIRun.path(of: "antiphon")] + arguments + ["--one-process"])
        }
      // The log is begun before anything is loaded, and loading takes minutes.
      #expect(job.wait { workshop.scratch.text("run/log.txt")?.isEmpty == false }, "\(job.errors)")
      job.send(SIGUSR1)
      let outcome = try #require(job.outcome(within: 20), "loading goes on")
      #expect(outcome.status == 77, "\(outcome)")
      #expect(outcome.errors == "")
      #expect(outcome.output.contains("interrupted; nothing was kept: training had not begun"))
    }
  }
}
