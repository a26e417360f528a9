import TestSupport
import Testing

extension SavedJobs {
  /// Whatever is wrong with the input is said once, in one sentence, with a status that is not 0.
  @Suite struct RefusalTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop.pair() }

    /// Expects exactly one message, equal to `sentence` behind the workshop's folder, and nothing
    /// of a run left behind, so that the corrected command can be given again.
    private func expect(
      _ outcome: MPIRun.Outcome, says sentence: String, status: Int = 65,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      let said = outcome.sentences.map {
        $0.replacing(workshop.scratch.path + "/", with: "").withoutHosts
      }
      #expect(said == [sentence], "\(outcome)", sourceLocation: sourceLocation)
      #expect(outcome.status == status, sourceLocation: sourceLocation)
      #expect(workshop.scratch.names(in: "run") == [], sourceLocation: sourceLocation)
    }

    private static let cut =
      "declares the shape (90, 5) of 4-byte values, 1800 bytes, but 22 bytes follow the header"

    private func train(
      _ way: Way, set overrides: [String] = []
    ) async throws -> MPIRun.Outcome {
      try await workshop.train(way, "pair.yaml", to: "run", set: overrides)
    }

    private static let ways: [Way] = [.ranks(3), .oneProcess]

    @Test(arguments: ways) func `one worker's broken data`(way: Way) async throws {
      let whole = try workshop.scratch.bytes("a_train.npy")
      try workshop.scratch.write(Array(whole.prefix(150)), to: "cut.npy")
      expect(
        try await train(
          way, set: ["modalities.a.data.train.values=\(workshop.scratch["cut.npy"])"]),
        says: "rank 1 (modality a): on host HERE, cut.npy: \(Self.cut)")
    }

    @Test(arguments: ways) func `two workers' broken data, both named`(way: Way) async throws {
      let whole = try workshop.scratch.bytes("a_train.npy")
      try workshop.scratch.write(Array(whole.prefix(150)), to: "cut.npy")
      expect(
        try await train(
          way,
          set: [
            "modalities.a.data.train.values=\(workshop.scratch["cut.npy"])",
            "modalities.b.data.test.manifest=\(workshop.scratch["none.csv"])",
          ]),
        says: """
          2 ranks cannot go on:
            rank 1 (modality a): on host HERE, cut.npy: \(Self.cut)
            rank 2 (modality b): on host HERE, none.csv: no such file; --set data.root=DIR says where relative paths start
          """)
    }

    @Test(arguments: ways) func `labels that modalities disagree about`(way: Way) async throws {
      let manifest = try #require(workshop.scratch.text("b_train.csv"))
      try workshop.scratch.write(
        manifest.replacing("\"train3\",0,", with: "\"train3\",2,"), to: "b_train.csv")
      expect(
        try await train(way),
        says:
          "sample 'train3' of the train split is labelled 0 by modality a but 2 by modality b; equal ids must mean the same sample"
      )
    }

    @Test func `a modality that lost all its training samples`() async throws {
      expect(
        try await train(
          .ranks(3), set: ["modalities.b.missing.train=1", "modalities.b.data.standardise=feature"]
        ),
        says:
          "rank 2 (modality b, host HERE): standardise: there are no training samples to fit means to"
      )
    }

    @Test func `too few ranks`() async throws {
      expect(
        try await train(.ranks(2)),
        says:
          "the job has 2 ranks, but a run with 2 modalities needs 3: one coordinator and one worker each; start it with mpirun -np 3, or through ./launch"
      )
    }

    @Test func `no ranks at all`() async throws {
      let outcome = try await MPIRun.alone(
        "antiphon", workshop.trainArguments("pair.yaml", to: "run"))
      expect(
        outcome,
        says:
          "'train' needs 3 ranks but was started as one process; use ./launch train, or mpirun -np 3 antiphon train, or add --one-process"
      )
    }

    @Test(arguments: ways) func `a key that does not exist`(way: Way) async throws {
      expect(
        try await train(way, set: ["epocs=3"]),
        says: "--set epocs: found an unknown key, did you mean 'epochs'?")
    }

    @Test func `an option that does not exist is said once, by the first rank`() async throws {
      let outcome = try await workshop.antiphon(.ranks(3), ["train", "x.yaml", "--outptu", "y"])
      #expect(outcome.status == 64)
      #expect(outcome.errors.split(separator: "Error: ").count == 1, "\(outcome)")
      #expect(
        outcome.errors.hasPrefix("Error: Unknown option '--outptu'. Did you mean '--output'?"))
    }

    @Test(arguments: ways) func `a folder that is taken`(way: Way) async throws {
      try workshop.scratch.write("mine", to: "run/notes.txt")
      let outcome = try await train(way)
      #expect(
        outcome.sentences == [
          "\(workshop.scratch["run"]) is not empty; a run never overwrites another, so name a new folder with --output"
        ], "\(outcome)")
      #expect(outcome.status == 65)
      #expect(workshop.scratch.text("run/notes.txt") == "mine")
      #expect(workshop.scratch.names(in: "run") == ["notes.txt"])
    }

    @Test(arguments: [
      ("mla", "rank 1 (modality a, host HERE): the loss is not finite in turn 4 (epoch 1, "),
      ("separate", "rank 1 (modality a, host HERE): the loss is not finite in turn "),
      ("joint_sum", "rank 1 (modality a, host HERE): the joint loss is not finite (epoch 1, "),
    ])
    func `training that diverges`(method: String, beginning: String) async throws {
      for way in Self.ways {
        let outcome = try await train(
          way, set: ["optimizer.lr=1e6", "epochs=50", "method=\(method)"])
        #expect(outcome.status == 65, "\(outcome)")
        try #require(outcome.sentences.count == 1, "\(outcome)")
        let sentence = outcome.sentences[0]
        #expect(sentence.withoutHosts.hasPrefix(beginning), "\(outcome)")
        #expect(sentence.contains("mini-batch "))
        #expect(
          sentence.contains(
            " not finite, so training has diverged; lower optimizer.lr, or standardise the data; the samples of the mini-batch are "
          ))
        // What was learned about it stays: the folder, and the reason at the log's end.
        let log = try #require(workshop.scratch.text("run/log.txt"))
        #expect(log.hasSuffix("\nerror: \(sentence)\n"))
        try workshop.scratch.remove("run")
      }
    }

    @Test func `after a refusal, the corrected command finds its folder free`() async throws {
      expect(
        try await train(.oneProcess, set: ["modalities.a.data.train.values=none.npy"]),
        says:
          "rank 1 (modality a): on host HERE, none.npy: no such file; --set data.root=DIR says where relative paths start"
      )
      #expect(try await train(.oneProcess).status == 0)
    }
  }
}
