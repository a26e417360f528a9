import Datasets
import TestSupport
import Testing

extension Jobs {
  /// What is odd about the data is said in training, in evaluation and by a dry run, in the same
  /// words; what is wrong ends a dry run as it ends a run.
  @Suite struct WarningTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop.pair() }

    private func warnings(_ text: String) -> [String] {
      text.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
        .map { String($0.dropFirst("warning: ".count)) }
    }

    private func dryRun(
      _ configuration: String = "pair.yaml", set overrides: [String] = [], options: [String] = []
    ) async throws -> MPIRun.Outcome {
      let arguments = workshop.trainArguments(
        configuration, to: "run", set: overrides, options: options + ["--dry-run"])
      return try await MPIRun.alone("antiphon", ["launcher"] + arguments)
    }

    /// Other ids in b's manifests, so that no sample of it is one of a's.
    private func renameSamplesOfB() throws {
      for split in ["train", "test"] {
        let text = try #require(workshop.scratch.text("b_\(split).csv"))
        try workshop.scratch.write(
          text.replacing("\"\(split)", with: "\"\(split)0"), to: "b_\(split).csv")
      }
    }

    private static let ways: [Way] = [.ranks(3), .oneProcess]

    @Test(arguments: ways) func `ids that never meet`(way: Way) async throws {
      try renameSamplesOfB()
      let outcome = try await workshop.train(way, "pair.yaml", to: "run")
      #expect(outcome.status == 0, "\(outcome)")
      let said = warnings(outcome.output)
      #expect(said.count == 2)
      #expect(
        said.first
          == "no training sample has both a and b: the ids of a (such as 'train0') are none of the ids of b (such as 'train00'); 0 of 180 training samples have all modalities; equal samples need equal ids"
      )
      let count = "180 training samples: 0 with both modalities, 90 with a alone, 90 with b alone\n"
      #expect(outcome.output.contains("\n" + count))
      let log = try #require(workshop.scratch.text("run/log.txt"))
      #expect(warnings(log) == said && log.contains("\n" + count))

      let evaluated = try await workshop.evaluate(way, "run")
      // The training samples are not looked at.
      #expect(
        evaluated.status == 0 && warnings(evaluated.output) == Array(said.suffix(1)),
        "\(evaluated)")

      try workshop.scratch.remove("run")
      let dry = try await dryRun()
      #expect(dry.status == 0 && warnings(dry.output) == said, "\(dry)")
      #expect(dry.output.contains("\n" + count) && dry.output.contains("mpirun -np 3 "))
    }

    @Test func `a worker's own warnings travel to the coordinator`() async throws {
      let scratch = workshop.scratch
      try NPYWriter.write(
        NPYWriter.bytes([Float](repeating: 1, count: 90 * 75), shape: [90, 3, 5, 5]),
        to: scratch["p_train.npy"])
      try scratch.write(
        "id,label,text\n" + (0..<90).map { "train\($0),\($0 % 3),some words\n" }.joined(),
        to: "t_train.csv")
      try scratch.write(
        "id,label,text\n" + (0..<45).map { "test\($0),\($0 % 3),andere W\u{f6}rter\n" }.joined(),
        to: "t_test.csv")
      try scratch.write(
        Workshop.head + """
            p:
              data: {kind: arrays, train: {values: p_train.npy, manifest: a_train.csv}}
              encoder: {kind: cnn, channels: [2], pooling: none}
            t:
              data: {kind: text, train: t_train.csv, test: t_test.csv, length: 4}

          """, to: "odd.yaml")
      let expected = [
        "modality p: the samples are 3 x 5 x 5, which looks like channels first (axis 1 of the array, the 3), but expected are height x width x channels; numpy.moveaxis(array, 1, -1) puts them last",
        "modality t: 100 % of the words of the test texts are unknown, such as 'andere', and 100 % of these texts have no known word at all; they should have the language and the spelling of the training texts, and blanks between the words",
        "modality p has no test samples, so it has no say in the results",
      ]
      let dry = try await dryRun("odd.yaml")
      #expect(dry.status == 0 && warnings(dry.output) == expected, "\(dry)")
      for way in Self.ways {
        let outcome = try await workshop.train(way, "odd.yaml", to: "run")
        #expect(outcome.status == 0 && warnings(outcome.output) == expected, "\(outcome)")
        try scratch.remove("run")
      }
    }

    @Test(arguments: [
      ["data.allow_overlap=false"], ["method=joint_sum"],
      ["modalities.a.data.train.values=cut.npy"],
      ["modalities.a.data.train.values=none.npy"], ["modalities.b.missing.train=1"],
      ["modalities.b.augment={flip: true}"], ["classes=[\"1\", \"0\", \"2\"]"],
      ["modalities.b.encoder={kind: cnn}"],
    ])
    func `a dry run ends with what the run would end with`(overrides: [String]) async throws {
      let scratch = workshop.scratch
      var overrides = overrides
      switch overrides[0] {
      case "data.allow_overlap=false":
        overrides.append("modalities.b.data.test={values: b_train.npy, manifest: b_train.csv}")
      case "method=joint_sum": try renameSamplesOfB()
      case "modalities.b.missing.train=1":
        overrides.append("modalities.b.data.standardise=global")
      default: try scratch.write(Array(try scratch.bytes("a_train.npy").prefix(150)), to: "cut.npy")
      }
      let outcome = try await workshop.train(.oneProcess, "pair.yaml", to: "run", set: overrides)
      let dry = try await dryRun(set: overrides)
      #expect(outcome.status == 65 && dry.status == 65, "\(dry)")
      func sentences(_ outcome: MPIRun.Outcome) -> [String] {
        outcome.sentences.map {
          $0.withoutHosts.replacing(", host HERE", with: "").replacing("on host HERE, ", with: "")
        }
      }
      #expect(sentences(dry).count == 1)
      #expect(sentences(dry) == sentences(outcome))
      // What would be started is said all the same: the fault may be mended by then.
      #expect(dry.output.contains("mpirun -np 3 "), "\(dry)")
    }

    @Test func `labels that modalities disagree about end a dry run`() async throws {
      let manifest = try #require(workshop.scratch.text("b_train.csv"))
      try workshop.scratch.write(
        manifest.replacing("\"train3\",0,", with: "\"train3\",2,"), to: "b_train.csv")
      let dry = try await dryRun()
      #expect(dry.status == 65)
      #expect(
        dry.sentences.first?.hasPrefix("sample 'train3' of the train split is labelled 0") == true)
    }

    @Test func `with a host file, files that are not here are no fault`() async throws {
      try workshop.scratch.write("elsewhere slots=3\n", to: "hosts")
      let options = ["--hostfile", workshop.scratch["hosts"]]
      let away = try await dryRun(
        set: ["modalities.a.data.train.values=none.npy"], options: options)
      #expect(away.status == 0 && away.errors == "", "\(away)")
      #expect(
        warnings(away.output) == ["the samples were not joined, because not all of them are here"])
      #expect(away.output.contains("rank 1 (modality a): "))
      try workshop.scratch.write([1, 2, 3], to: "cut.npy")
      let broken = try await dryRun(
        set: ["modalities.a.data.train.values=cut.npy"], options: options)
      #expect(broken.status == 65, "\(broken)")
    }

    @Test func `ids that were trained on are taken where they are meant`() async throws {
      let same = "modalities.b.data.test={values: b_train.npy, manifest: b_train.csv}"
      let outcome = try await workshop.train(
        .oneProcess, "pair.yaml", to: "run", set: [same, "data.allow_overlap=true"])
      #expect(outcome.status == 0, "\(outcome)")
      #expect(
        warnings(outcome.output).contains(
          "90 of 135 test samples are training samples too: their ids stand in training files and in test files, such as 'train0' of modality b; data.allow_overlap takes them, so results are not those of new samples"
        ))
    }
  }
}
