import Foundation
import TestSupport
import Testing

extension Jobs {
  /// `train --trace`: what all ranks did, in one file.
  @Suite struct TracingTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop.pair() }

    private func trace(_ name: String) throws -> ReadTrace {
      try ReadTrace(workshop.scratch.bytes(name))
    }

    private func options(_ name: String) -> [String] { ["--trace", workshop.scratch[name]] }

    @Test func `ranks and one process record the same work, all of it, and no bit changes`()
      async throws
    {
      // 90 samples in mini-batches of 16: six cycles an epoch, 12 in all, of two turns.
      var weights: [String] = []
      for (way, name) in [(Way.ranks(3), "ranks"), (.oneProcess, "one")] {
        let outcome = try await workshop.train(
          way, "pair.yaml", to: name, options: options("\(name).json"))
        try #require(outcome.status == 0, "\(outcome)")
        #expect(outcome.output.contains("is in \(workshop.scratch["\(name).json"]); "))
        weights.append(
          try #require(json(workshop, "\(name)/summary.json", "weights_sha256") as? String))
      }
      let plain = try await workshop.train(.oneProcess, "pair.yaml", to: "plain")
      try #require(plain.status == 0, "\(plain)")
      #expect(!plain.output.contains("trace"))
      weights.append(
        try #require(json(workshop, "plain/summary.json", "weights_sha256") as? String))
      #expect(Set(weights).count == 1)

      let (ranks, one) = (try trace("ranks.json"), try trace("one.json"))
      for rank in 0...2 { #expect(ranks.counts(of: rank) == one.counts(of: rank), "rank \(rank)") }
      #expect(ranks.name(of: 0)?.hasPrefix("coordinator @") == true)
      #expect(ranks.name(of: 1)?.hasPrefix("a/0 @") == true)
      #expect(ranks.name(of: 2)?.hasPrefix("b/0 @") == true)
      let coordinator = ranks.counts(of: 0)
      for name in [
        "send head", "wait headUpdate", "receive headUpdate", "project", "update", "settle",
      ] { #expect(coordinator[name] == 24, "\(name)") }
      #expect(coordinator["evaluate"] == 2 && coordinator["checkpoint"] == 1)
      let worker = ranks.counts(of: 1)
      for name in [
        "load", "forward", "wait head", "receive head", "head", "send headUpdate", "backward",
        "backward/linear1", "backward/linear2",
      ] { #expect(worker[name] == 12, "\(name)") }
      #expect(worker["evaluate"] == 2 && worker["write checkpoint"] == 1)
      // All of them stand in the turn that they were done in.
      let turns = ranks.spans.filter { $0.pid == 1 && $0.name == "forward" }
      #expect(turns.compactMap { $0.arguments["cycle"] as? Int } == Array(0..<12))
      #expect(Set(turns.compactMap { $0.arguments["turn"] as? Int }).count == 12)

      let (heads, updates) = (ranks.arrows("head"), ranks.arrows("headUpdate"))
      #expect(heads.count == 24 && updates.count == 24)
      #expect(heads.allSatisfy { $0.from.pid == 0 } && updates.allSatisfy { $0.to.pid == 0 })
      #expect(ranks.about["messages_clamped"] as? Int == 0)
      let facts = try #require(ranks.about["ranks"] as? [[String: Any]])
      #expect(facts.allSatisfy { $0["clock_error_us"] as? Double == 0 })
      #expect(facts.allSatisfy { $0["spans_dropped"] as? Int == 0 })
    }

    @Test func `a trace that cannot be written is refused before anything is trained`() async throws
    {
      for (path, problem) in [
        ("nowhere/t.json", "there is no folder"), (".", "is a folder, expected a file"),
      ] {
        let outcome = try await workshop.train(
          .oneProcess, "pair.yaml", to: "run", options: options(path))
        #expect(outcome.status == 65, "\(outcome)")
        #expect(outcome.sentences.count == 1 && outcome.sentences[0].contains(problem))
        #expect(workshop.scratch.names(in: "run") == [])
      }
      let empty = try await workshop.train(
        .oneProcess, "pair.yaml", to: "run", options: ["--trace", ""])
      #expect(empty.status == 65 && empty.sentences.joined().contains("--trace: found ''"))
    }

    @Test func `every method is traced, and runs of several seeds are told apart`() async throws {
      for method in ["joint_sum", "separate"] {
        let outcome = try await workshop.train(
          .oneProcess, "pair.yaml", to: method, set: ["method=\(method)"],
          options: options("\(method).json"))
        try #require(outcome.status == 0, "\(outcome)")
      }
      let (joint, separate) = (try trace("joint_sum.json"), try trace("separate.json"))
      #expect(joint.arrows("logits").count == 24 && joint.arrows("logitGradient").count == 24)
      #expect(separate.arrows("progress").count == 24)
      #expect(joint.counts(of: 1)["head"] == 12 && separate.counts(of: 2)["backward"] == 12)

      let seeds = try await workshop.train(
        .ranks(3), "pair.yaml", to: "seeds", options: ["--seeds", "1,2"] + options("seeds.json"))
      try #require(seeds.status == 0, "\(seeds)")
      #expect(try trace("seeds.json").arrows("head").count == 48)
    }

    @Test func `a run that is asked to end leaves its trace`()
      throws
    {
      let job = try LiveJob.ranks(
        3, "antiphon",
        workshop.trainArguments(
          "pair.yaml", to: "run", set: ["epochs=1000000"], options: options("t.json")))
      let runs = job.wait {
        workshop.scratch.text("run/metrics.jsonl")?.contains("\n") ?? false
      }
      try #require(runs, "\(job.output)\(job.errors)")
      job.send(SIGUSR1)
      let outcome = try #require(job.outcome(within: 30), "the job hangs")
      #expect(outcome.status == 76, "\(outcome)")
      #expect(try trace("t.json").counts(of: 1)["forward"] ?? 0 >= 6)
    }
  }
}
