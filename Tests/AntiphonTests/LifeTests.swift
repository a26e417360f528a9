import Foundation
import TestSupport
import Testing

extension LifeJobs {
  /// Jobs that end before their time: killed, stopped, interrupted. None hangs, none is silent.
  @Suite struct LifeTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop.pair() }

    private static let endless = ["epochs=1000000", "execution.deadline=2"]

    /// Starts a job that would go on for ever, and waits until epochs are behind it.
    private func start(
      _ way: Way, _ configuration: String = "pair.yaml", set overrides: [String] = [],
      environment: [String: String] = [:]
    ) throws -> LiveJob {
      let arguments = workshop.trainArguments(
        configuration, to: "run", set: Self.endless + overrides)
      let job =
        switch way {
        case .ranks(let count):
          try LiveJob.ranks(count, "antiphon", arguments, environment: environment)
        case .oneProcess:
          try LiveJob([MPIRun.path(of: "antiphon")] + arguments + ["--one-process"])
        }
      let runs = job.wait { epochs > 2 }
      try #require(runs, "\(job.output)\(job.errors)")
      return job
    }

    private var epochs: Int {
      workshop.scratch.text("run/metrics.jsonl")?.count { $0 == "\n" } ?? 0
    }

    /// Every line of the metrics is whole; the log's last line says how many there are.
    private func expectKept(
      _ beginning: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let text = try #require(workshop.scratch.text("run/metrics.jsonl"))
      #expect(text.hasSuffix("\n"), sourceLocation: sourceLocation)
      let lines = text.split(separator: "\n").map(String.init)
      for (place, line) in lines.enumerated() {
        let parsed = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(parsed?["epoch"] as? Int == place + 1, sourceLocation: sourceLocation)
      }
      let log = try #require(workshop.scratch.text("run/log.txt")).split(separator: "\n")
      let said = log.filter { $0.contains("interrupted") }.map { String($0).withoutHosts }
      #expect(
        said == [
          "\(beginning); kept in \(workshop.scratch["run"]): the metrics of \(lines.count) of 1000000 epochs and no weights yet"
        ], sourceLocation: sourceLocation)
    }

    @Test(arguments: [0, 1, 2]) func `a rank that is killed ends the job`(rank: Int) async throws {
      let job = try start(.ranks(3))
      let processes = job.processes
      kill(try #require(job.process(ofRank: rank)), SIGKILL)
      let outcome = try #require(job.outcome(within: 20), "the job hangs")
      #expect(outcome.status == 137, "\(outcome)")
      #expect(outcome.sentences == [])
      #expect(LiveJob.survivors(of: processes, after: 10) == [])
      // The coordinator knows whom it was waiting for; if it is gone, nobody does.
      if rank > 0 {
        try expectKept(
          "interrupted while waiting for rank \(rank) (modality \(rank == 1 ? "a" : "b"), host HERE)"
        )
      }
    }

    private static let shared = ["modalities.b.ranks=2", "modalities.b.shards=4"]

    @Test func `a killed rank of several that share a modality is named`() async throws {
      let job = try start(.ranks(4), set: Self.shared)
      let processes = job.processes
      kill(try #require(job.process(ofRank: 3)), SIGKILL)
      let outcome = try #require(job.outcome(within: 20), "the job hangs")
      #expect(outcome.status == 137, "\(outcome)")
      #expect(LiveJob.survivors(of: processes, after: 10) == [])
      try expectKept(
        "interrupted while waiting for rank 3 (modality b, replica 2 of 2, host HERE)")
    }

    @Test func `a stuck rank of several that share a modality is named`() async throws {
      let job = try start(.ranks(4), set: Self.shared)
      let processes = job.processes
      kill(try #require(job.process(ofRank: 3)), SIGSTOP)
      let outcome = try #require(job.outcome(within: 20), "the job hangs")
      #expect(outcome.status == 75, "\(outcome)")
      #expect(
        outcome.sentences.first?.withoutHosts.hasPrefix(
          "rank 2 (modality b, replica 1 of 2, host HERE) has waited 2.0 s for rank 3 (modality b, replica 2 of 2"
        ) == true, "\(outcome)")
      #expect(LiveJob.survivors(of: processes, after: 10) == [])
    }

    /// Which rank is stuck, in which job.
    struct Stuck: Sendable {
      let rank: Int
      var method = "mla"
      var transport = "self,vader"

      /// What the one that waits for it says first.
      var beginning: String {
        let waiter =
          rank == 0 ? "rank 1 (modality a, host HERE)" : "rank 0 (coordinator, host HERE)"
        let name = ["coordinator", "modality a", "modality b"][rank]
        return "\(waiter) has waited 2.0 s for rank \(rank) (\(name), host HERE) ("
      }
    }

    @Test(arguments: [
      Stuck(rank: 0), Stuck(rank: 1), Stuck(rank: 2), Stuck(rank: 2, method: "separate"),
      Stuck(rank: 1, method: "joint_concat"), Stuck(rank: 0, transport: "self,tcp"),
      Stuck(rank: 1, transport: "self,tcp"),
    ])
    func `a rank that is stuck ends the job, and the one that waits for it says so`(
      stuck: Stuck
    ) async throws {
      let job = try start(
        .ranks(3), set: ["method=\(stuck.method)"],
        environment: ["OMPI_MCA_btl": stuck.transport])
      let processes = job.processes
      kill(try #require(job.process(ofRank: stuck.rank)), SIGSTOP)
      let outcome = try #require(job.outcome(within: 20), "the job hangs")
      #expect(outcome.status == 75, "\(outcome)")
      #expect(outcome.sentences.count == 1, "\(outcome)")
      #expect(
        outcome.sentences.first?.withoutHosts.hasPrefix(stuck.beginning) == true, "\(outcome)")
      #expect(
        outcome.sentences.first?.hasSuffix(
          "; it may be stuck or cut off. Look at that rank, or raise execution.deadline") == true)
      #expect(LiveJob.survivors(of: processes, after: 10) == [])
      // The job's end wakes it up, and it has waited for nobody.
      if stuck.rank == 0 {
        let log = try #require(workshop.scratch.text("run/log.txt"))
        #expect(!log.contains("while waiting"), "\(log)")
      }
    }

    /// The ranks wake up one after the other: mpirun, the workers, the coordinator.
    @Test func `a job that is suspended goes on to the same weights`() async throws {
      let overrides = ["epochs=300", "execution.deadline=1"]
      #expect(
        try await workshop.train(.oneProcess, "pair.yaml", to: "whole", set: overrides).status == 0)
      let job = try LiveJob.ranks(
        3, "antiphon", workshop.trainArguments("pair.yaml", to: "run", set: overrides))
      #expect(job.wait { epochs > 2 }, "\(job.output)\(job.errors)")
      let processes = job.processes
      for process in processes.reversed() { kill(process, SIGSTOP) }
      let before = epochs
      #expect(before < 300)
      usleep(3_000_000)
      for process in processes {
        kill(process, SIGCONT)
        usleep(200_000)
      }
      let outcome = try #require(job.outcome(within: 60), "the job hangs")
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.errors == "")
      let hashes = try ["whole", "run"].map {
        try #require(json(workshop, "\($0)/summary.json", "weights_sha256") as? String)
      }
      #expect(hashes[0] == hashes[1])
    }

    @Test func `a rank that only rests is waited for`() async throws {
      let job = try start(.ranks(3))
      let rank = try #require(job.process(ofRank: 2))
      kill(rank, SIGSTOP)
      usleep(1_000_000)
      kill(rank, SIGCONT)
      let before = epochs
      #expect(job.wait { epochs > before + 5 }, "\(job.errors)")
      job.send(SIGUSR1)
      #expect(job.outcome(within: 20)?.status == 76)
    }

    @Test func `a fast rank waits for a slow one, however long an epoch takes`() async throws {
      // Rank 2 rests most of the time, but never for as long as the deadline. Rank 1 has nothing to
      // do meanwhile, and hears nothing but that the coordinator is alive.
      try workshop.scratch.write(
        """
        classes: 6
        features: 8
        method: separate
        batch_size: 1
        execution: {threads: 1}
        modalities:
          fast: {data: {kind: synthetic, set: lazy2, component: weak}}
          slow: {data: {kind: synthetic, set: lazy2, component: strong}}

        """, to: "long.yaml")
      let job = try start(.ranks(3), "long.yaml", set: ["evaluation.every=1000000"])
      let rank = try #require(job.process(ofRank: 2))
      let before = epochs
      for _ in 0..<7 {
        kill(rank, SIGSTOP)
        usleep(700_000)
        let worked = LiveJob.processorTime(of: rank)
        kill(rank, SIGCONT)
        // Long enough for some mini-batches, however busy the machine is, and too short for all.
        #expect(job.wait { LiveJob.processorTime(of: rank) > worked + 0.005 }, "\(job.errors)")
      }
      let meanwhile = epochs - before
      #expect(job.wait { epochs > before + meanwhile + 1 }, "\(job.errors)")
      job.send(SIGUSR1)
      #expect(job.outcome(within: 20)?.status == 76)
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGUSR1])
    func `a signal ends one process with a checkpoint, and says how to go on`(signal: Int32)
      async throws
    {
      let job = try start(.oneProcess)
      job.send(signal)
      let outcome = try #require(job.outcome(within: 20), "the job hangs")
      #expect(outcome.status == 76, "\(outcome)")
      #expect(outcome.errors == "")
      try expectResumable(outcome)
    }

    @Test func `a signal ends the runs of several seeds, and names the folder of all`() async throws
    {
      let file = workshop.scratch["folder"]
      let job = try LiveJob(
        [MPIRun.path(of: "antiphon")]
          + workshop.trainArguments(
            "pair.yaml", to: "run", set: Self.endless, options: ["--seeds", "4,5", "--one-process"]),
        environment: ["ANTIPHON_RUN_FILE": file])
      #expect(
        job.wait { workshop.scratch.text("run/seed-4/metrics.jsonl")?.isEmpty == false },
        "\(job.output)\(job.errors)")
      job.send(SIGTERM)
      let outcome = try #require(job.outcome(within: 20), "the job hangs")
      #expect(outcome.status == 76, "\(outcome)")
      let path = workshop.scratch["run"]
      #expect(
        outcome.output.hasSuffix("; go on with ./launch train --resume \(path)\n"), "\(outcome)")
      #expect(workshop.scratch.text("folder") == "\(path)\n")
      #expect(
        workshop.scratch.names(in: "run") == [
          "configuration.yaml", "log.txt", "seed-4", "seeds.json",
        ])
    }

    @Test func `a second signal ends one process at once`() async throws {
      // So that nothing but the signal ends a segment.
      let job = try start(.oneProcess, set: ["batch_size=1"])
      job.send(SIGINT)
      usleep(250_000)
      job.send(SIGINT)
      let outcome = try #require(job.outcome(within: 20), "the job hangs")
      // The first one may have been enough.
      #expect([76, 77].contains(outcome.status), "\(outcome)")
      if outcome.status == 77 { try expectKept("interrupted") }
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGUSR1])
    func `a signal to mpirun ends all ranks with a word about what is kept`(signal: Int32)
      async throws
    {
      let job = try start(.ranks(3))
      let processes = job.processes
      job.send(signal)
      let outcome = try #require(job.outcome(within: 20), "the job hangs")
      #expect(outcome.status == (signal == SIGUSR1 ? 76 : 1), "\(outcome)")
      #expect(outcome.errors == "", "\(outcome)")
      // mpirun may be gone a moment before its ranks are.
      #expect(LiveJob.survivors(of: processes, after: 10) == [])
      guard signal != SIGUSR1 else { return try expectResumable(outcome) }
      let log = try #require(workshop.scratch.text("run/log.txt"))
      let word = try #require(log.firstMatch(of: /(interrupted[^;]*); kept in/)).output.1
      #expect(word != "interrupted")
      try expectKept(String(word).withoutHosts)
    }

    @Test func `weights that were saved are named, and can be evaluated`() async throws {
      let job = try start(.oneProcess, set: ["execution.save_every=0"])
      job.send(SIGINT)
      let outcome = try #require(job.outcome(within: 20), "the job hangs")
      #expect(outcome.status == 76, "\(outcome)")
      #expect(try await workshop.evaluate(.ranks(3), "run").status == 0)
    }

    private func expectResumable(_ outcome: MPIRun.Outcome) throws {
      let path = workshop.scratch["run"]
      let sentence = #/ended on request after (cycle \d+ of )?epoch \d+; go on with /#
      let said = outcome.output.split(separator: "\n").last.map(String.init) ?? ""
      #expect(said.prefixMatch(of: sentence) != nil, "\(outcome)")
      #expect(said.hasSuffix("; go on with ./launch train --resume \(path)"), "\(outcome)")
      let weights = try #require(try json(workshop, "run/model.json", "weights") as? String)
      #expect(workshop.scratch.names(in: "run/\(weights)").contains("checkpoint.json"))
    }
  }
}
