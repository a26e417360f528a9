import Foundation
import TestSupport
import Testing

extension Jobs {
  /// What a run takes follows from its data, and what a machine cannot hold is refused beforehand.
  @Suite struct SizeTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop.pair() }

    /// The most memory that a rank of a run had, in bytes.
    private func peak(_ run: String) throws -> Int {
      let ranks = try #require(try json(workshop, "\(run)/summary.json", "ranks") as? [String: Any])
      let peaks = ranks.values.compactMap { ($0 as? [String: Any])?["peak_memory_bytes"] as? Int }
      return try #require(peaks.max())
    }

    @Test(arguments: ["mla", "separate", "joint_concat", "joint_sum"])
    func `a batch size beyond the samples there are costs what they cost`(method: String)
      async throws
    {
      for (output, size) in [("exact", 90), ("huge", 1_000_000)] {
        let outcome = try await workshop.train(
          .oneProcess, "pair.yaml", to: output,
          set: ["method=\(method)", "batch_size=\(size)", "evaluation.batch_size=\(size)"])
        #expect(outcome.status == 0, "\(outcome)")
      }
      #expect(try RunNumbers(workshop, "huge") == RunNumbers(workshop, "exact"))
      // A million samples of any layer here would be 32 MB, and there are many.
      #expect(try peak("huge") < peak("exact") + 16 << 20)
    }

    @Test func `a dry run counts the samples that there are`() async throws {
      func lines(_ size: Int) async throws -> [Substring] {
        let outcome = try await MPIRun.alone(
          "antiphon",
          [
            "launcher", "train", workshop.scratch["pair.yaml"], "--dry-run", "--set",
            "batch_size=\(size)",
          ])
        #expect(outcome.status == 0, "\(outcome)")
        return outcome.output.split(separator: "\n").filter { $0.contains("KiB") }
      }
      let (exact, huge, small) = (
        try await lines(90), try await lines(1_000_000), try await lines(8)
      )
      #expect(exact.count >= 3)
      #expect(huge == exact)
      #expect(small != exact)
    }

    /// Trains in one process that may have so many KiB.
    private func train(
      set overrides: [String], under limit: Int = 8_000_000
    ) throws -> MPIRun.Outcome {
      let program =
        [MPIRun.path(of: "antiphon")]
        + workshop.trainArguments("pair.yaml", to: "run", set: overrides) + ["--one-process"]
      let job = try LiveJob(["sh", "-c", "ulimit -v \(limit); exec \"$0\" \"$@\""] + program)
      return try #require(job.outcome(within: 60), "the job hangs")
    }

    @Test(arguments: [
      (
        ["features=65536"],
        "rank 0 (coordinator): needs 12.0 GiB of memory, 12.0 GiB of it for the projector of head gradient modification, but only 7.6 GiB can be had here; lower features, or set hgm.enabled: false"
      ),
      (
        ["modalities.b.encoder.hidden=[40000,40000]"],
        "rank 2 (modality b): on host HERE, needs 29.8 GiB of memory, 17.9 GiB of it for the weights with their gradients and the optimizer's memory, but only 7.6 GiB can be had here; choose a smaller encoder"
      ),
      (
        ["modalities.a.encoder.hidden=[15000,15000]", "modalities.b.encoder.hidden=[15000,15000]"],
        "the ranks on host HERE need 8.4 GiB of memory together (modality a 4.2 GiB, modality b 4.2 GiB, coordinator 23.1 KiB), but only 7.6 GiB can be had there; use more hosts, smaller encoders, or fewer features"
      ),
    ])
    func `what the machine cannot hold is refused with numbers, before training`(
      overrides: [String], sentence: String
    ) throws {
      let outcome = try train(set: overrides)
      #expect(outcome.status == 65, "\(outcome)")
      #expect(outcome.sentences.map(\.withoutHosts) == [sentence])
      #expect(workshop.scratch.names(in: "run") == [])
    }

    /// Each of them fits the machine, but not what the process may still map.
    @Test(arguments: [
      (["modalities.b.encoder.hidden=[10500,10500]"], "the weights with their gradients"),
      (
        [
          "batch_size=90",
          "modalities.a.encoder.hidden=[\(Array(repeating: "65536,1", count: 16).joined(separator: ","))]",
        ], "a mini-batch and what layers make of it"
      ),
      (["features=25000"], "the projector of head gradient modification"),
      (["classes=300000", "features=300"], "the head and what moves it"),
    ])
    func `what a limited process cannot map any more is refused, before training`(
      overrides: [String], part: String
    ) throws {
      let outcome = try train(set: overrides, under: 1_600_000)
      #expect(outcome.status == 65, "\(outcome)")
      let sentence = outcome.sentences.joined()
      #expect(sentence.contains(" needs ") && sentence.contains("of it for \(part)"), "\(outcome)")
      #expect(sentence.contains("ulimit -v is 1600000 KiB") || sentence.contains("1.5 GiB"))
      #expect(workshop.scratch.names(in: "run") == [])
    }

    @Test func `evaluation of many classes takes the memory of its logits`() async throws {
      for (name, width) in [("a", 5), ("b", 4)] {
        try workshop.vectors(
          name, width: width, train: Workshop.ids("train", 0..<90),
          test: Workshop.ids("test", 0..<500))
      }
      for (output, classes) in [("few", 3), ("many", 2000)] {
        let outcome = try await workshop.train(
          .ranks(3), "pair.yaml", to: output,
          set: ["classes=\(classes)", "epochs=1", "features=2"])
        #expect(outcome.status == 0, "\(outcome)")
      }
      // The logits are 4 MB a modality; the scores of every fusion would be 8 MB each, of which there
      // are seven, and a count of all pairs of classes 32 MB, of which there are nine.
      #expect(try peak("many") < peak("few") + 40 << 20)
    }
  }
}
