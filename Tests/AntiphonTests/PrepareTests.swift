import TestSupport
import Testing

extension Jobs {
  /// `prepare`, as people call it: what it says, what it writes, how it ends.
  @Suite struct PrepareTests {
    private let scratch: Scratch

    /// MVSA in miniature: twelve tweets of three classes, the first picture of no use.
    init() throws {
      scratch = try Scratch()
      let labels = ["positive", "neutral", "negative"]
      var table = "ID\ttext,image\n"
      for id in 1...12 {
        table += "\(id)\t\(labels[id % 3]),\(labels[id % 3])\n"
        let picture: [UInt8] = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xd9]
        try scratch.write(id == 1 ? [] : picture, to: "MVSA/data/\(id).jpg")
        try scratch.write("\(labels[id % 3]) tweet \(id)", to: "MVSA/data/\(id).txt")
      }
      try scratch.write(table, to: "MVSA/labelResultAll.txt")
    }

    private func prepare(_ arguments: String...) async throws -> MPIRun.Outcome {
      try await MPIRun.alone("antiphon", ["prepare"] + arguments)
    }

    @Test func `a set is reported and written, and a run trains on it`() async throws {
      let done = try await prepare(
        "mvsa", scratch["MVSA"], "--output", scratch["MVSA/prepared"], "--test-share", "0.5",
        "--seed", "3")
      #expect(done.status == 0, "\(done)")
      for line in [
        "mvsa in \(scratch["MVSA"])",
        "split: no tweet is in both parts: 6 tweets to train with, 6 tweets to test with, drawn with seed 3",
        "broken, empty: 1 file, the first: data/1.jpg is empty",
        "manifests, classes.txt, splits.csv and report.json are in \(scratch["MVSA/prepared"])",
      ] {
        #expect(done.output.contains(line + "\n"), "\(line) in \(done.output)")
      }
      #expect(
        scratch.names(in: "MVSA/prepared") == [
          "classes.txt", "image_test.csv", "image_train.csv", "report.json", "splits.csv",
          "text_test.csv", "text_train.csv",
        ])
      try scratch.write(
        """
        classes: [negative, neutral, positive]
        features: 4
        epochs: 1
        execution: {threads: 1}
        data: {root: MVSA}
        modalities:
          text:
            data: {kind: text, train: prepared/text_train.csv, test: prepared/text_test.csv, length: 4}
            encoder: {kind: transformer, input: text, depth: 1, width: 4, heads: 1}

        """, to: "run.yaml")
      let run = try await MPIRun.alone(
        "antiphon", ["train", scratch["run.yaml"], "--output", scratch["run"], "--one-process"])
      #expect(run.status == 0, "\(run)")
      #expect(scratch.names(in: "run").contains("summary.json"))
    }

    @Test func `a dry run writes nothing, and a refusal comes after the report`() async throws {
      let dry = try await prepare("mvsa", scratch["MVSA"], "--dry-run")
      #expect(dry.status == 0 && dry.output.contains("train, all"), "\(dry)")
      for id in 1...12 where id % 3 == 1 { try scratch.remove("MVSA/data/\(id).txt") }
      let refused = try await prepare("mvsa", scratch["MVSA"], "--output", scratch["out"])
      #expect(refused.status == 65 && refused.output.contains("train, neutral"), "\(refused)")
      #expect(
        refused.sentences.map { $0.replacing(scratch.path + "/", with: "") } == [
          "MVSA: class 'neutral' has no text in the train part that can be used: of 3 listed, 3 are missing, 0"
            + " broken (and 1 more like it)"
        ])
      #expect(scratch.names() == ["MVSA"])
    }

    @Test func `options that exclude each other are refused before anything is read`() async throws
    {
      for (arguments, sentence) in [
        (["mvsa", "nowhere"], "--output says where manifests go; --dry-run writes none"),
        (
          ["mvsa", "nowhere", "--dry-run", "--seed", "1", "--split", "a"],
          "--split excludes --grouped, --seed and --test-share"
        ),
        (
          ["food101", "nowhere", "--dry-run", "--seed", "1"],
          "--seed and --test-share need --grouped with this set"
        ),
        (
          ["iemocap", "nowhere", "--dry-run", "--test-session", "6"],
          "--test-session: found 6, expected 1 to 5"
        ),
        (
          ["cremad", "nowhere", "--dry-run", "--media", "audio,smell"],
          "--media: found 'smell', expected audio, image, video, text with commas between them"
        ),
        (
          ["cremad", "nowhere", "--dry-run", "--test-share", "1"],
          "--test-share: found 1.0, expected a number between 0 and 1"
        ),
      ] {
        let outcome = try await MPIRun.alone("antiphon", ["prepare"] + arguments)
        #expect(
          outcome.status == 64 && outcome.errors.contains("Error: \(sentence)\n"), "\(outcome)")
      }
      let missing = try await prepare("cremad", scratch["nowhere"], "--dry-run")
      #expect(
        missing.status == 65 && missing.sentences == ["\(scratch["nowhere"]): no such folder"])
    }
  }
}
