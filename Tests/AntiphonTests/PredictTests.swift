import Foundation
import TestSupport
import Testing

extension SavedJobs {
  /// What `predict` says, with nothing left of what the model was trained on.
  @Suite struct PredictTests {
    private func predict(
      _ workshop: Workshop, _ way: Way?, _ options: [String]
    ) async throws -> MPIRun.Outcome {
      let arguments = ["predict", workshop.scratch["run"]] + options
      guard let way else { return try await MPIRun.alone("antiphon", arguments) }
      return try await workshop.antiphon(way, arguments)
    }

    @Test func `sounds and pictures, over ranks and in one process`() async throws {
      let workshop = try Workshop.convolutional()
      let trained = try await workshop.train(.oneProcess, "cnn.yaml", to: "run")
      try #require(trained.status == 0, "\(trained)")
      for file in ["sound_train.csv", "image_train.csv", "train-images"] {
        try workshop.scratch.remove(file)
      }
      let evaluated = try await workshop.evaluate(.oneProcess, "run", predictions: "test.csv")
      #expect(evaluated.status == 0, "\(evaluated)")
      let options = [
        "--data", "sound=\(workshop.scratch["sound_test.csv"])",
        "--data", "image=\(workshop.scratch["test-images"])",
        "--ids", "image=\(workshop.scratch["image_test.csv"])",
      ]
      let ranks = try await predict(workshop, .ranks(3), options)
      let one = try await predict(workshop, .oneProcess, options)
      #expect(ranks.status == 0 && one.status == 0, "\(ranks) \(one)")
      #expect(ranks.output == one.output && !one.output.isEmpty)
      #expect(one.errors.contains(" samples/s (forward passes alone: "))
      let expected = try #require(workshop.scratch.text("test.csv"))
      for name in ["id", "prediction", "probability", "sound.entropy", "image.weight"] {
        let found = column(name, of: one.output)
        #expect(found == column(name, of: expected) && found.count == 24)
      }
      // Trained on with files that are not there.
      let validation = try await workshop.evaluate(
        .oneProcess, "run", options: ["--split", "validation"])
      #expect(
        validation.status == 65 && validation.errors.contains("a part of the training samples"),
        "\(validation)")
    }

    /// The fields of a column of a table whose fields need no quotes.
    private func column(_ name: String, of text: String) -> [Substring] {
      let rows = text.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      guard let place = rows.first?.firstIndex(of: name[...]) else { return [] }
      return rows.dropFirst().map { $0[place] }
    }

    @Test func `one text by itself, its word pieces saved with the model`() async throws {
      let workshop = try Workshop.pieces()
      let trained = try await workshop.train(.oneProcess, "pieces.yaml", to: "run")
      try #require(trained.status == 0, "\(trained)")
      for file in ["vocab.txt", "words_train.csv", "groups.csv"] {
        try workshop.scratch.remove(file)
      }
      let evaluated = try await workshop.evaluate(.oneProcess, "run", predictions: "test.csv")
      #expect(evaluated.status == 0, "\(evaluated)")
      let said = try await predict(
        workshop, nil, ["--text", "good w1 w2", "--top", "1", "--format", "jsonl"])
      #expect(said.status == 0 && said.errors.isEmpty, "\(said)")
      #expect(
        said.output.hasPrefix(#"{"id":"sample","prediction":"#) && said.output.hasSuffix("}}}\n"))
      let refused = try await predict(workshop, nil, ["--image", "fox.jpg"])
      #expect(refused.status == 65)
      #expect(
        refused.sentences == [
          "--image is for a modality of kind images, and the model has none; name the modality: --input NAME=VALUE"
        ])
      let misspelt = try await predict(workshop, nil, ["--data", "words"])
      #expect(misspelt.status == 64, "\(misspelt)")
    }
  }
}
