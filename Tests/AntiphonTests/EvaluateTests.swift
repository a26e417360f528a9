import Foundation
import TestSupport
import Testing

extension SavedJobs {
  /// What `evaluate` gives, and what it refuses.
  @Suite struct EvaluateTests {
    private static let fusions = [
      "average_logits", "average_probs", "fixed_logits", "fixed_probs", "entropy_logits",
      "entropy_probs", "batch_entropy_logits", "energy",
    ]

    private func trained(_ overrides: [String]) async throws -> Workshop {
      let workshop = try Workshop.uneven()
      let outcome = try await workshop.train(
        .oneProcess, "uneven.yaml", to: "run", set: overrides)
      try #require(outcome.status == 0, "\(outcome)")
      return workshop
    }

    /// The lines of a table of results: predictor, samples, accuracy, macro-F1.
    private func table(_ output: String) -> [String] {
      output.split(separator: "\n").map(String.init)
        .filter { $0.hasPrefix("fused, ") || $0.contains(" alone ") }
    }

    @Test(arguments: ["mla", "separate", "joint_concat", "joint_sum", "mmpareto"])
    func `evaluation after training gives what training's last evaluation gave`(method: String)
      async throws
    {
      let workshop = try await trained(["method=\(method)"])
      let log = try #require(workshop.scratch.text("run/log.txt"))
      let expected = table(log)
      // Fixed fusions have a row only where weights were given.
      let shown = Self.fusions.count { !$0.hasPrefix("fixed_") }
      let predictsItself = method != "mla" && method != "separate"
      #expect(expected.count == 3 + shown + (predictsItself ? 1 : 0))
      let ranks = try await workshop.evaluate(.ranks(4), "run", predictions: "ranks.csv")
      #expect(ranks.status == 0, "\(ranks)")
      #expect(table(ranks.output) == expected)
      let one = try await workshop.evaluate(.oneProcess, "run", predictions: "one.csv")
      #expect(table(one.output) == expected)
      let csv = try #require(workshop.scratch.text("ranks.csv"))
      #expect(csv == workshop.scratch.text("one.csv"))

      // Every number behind the table, from the CSV itself.
      let rows = try records(csv)
      let accuracy = try json(workshop, "run/summary.json", "fused") as? [String: [String: Double]]
      let primary = predictsItself ? "joint" : "entropy_logits"
      let right = rows.count { $0["label"] == $0["prediction"] }
      #expect(accuracy?[primary]?["accuracy"] == Double(right) / Double(rows.count))
    }

    @Test func `each fusion can be named, and gives its own accuracy of training`() async throws {
      let workshop = try await trained([])
      let fused = try json(workshop, "run/summary.json", "fused") as? [String: [String: Double]]
      for fusion in Self.fusions {
        let outcome = try await workshop.evaluate(
          .oneProcess, "run", predictions: "\(fusion).csv", options: ["--fusion", fusion])
        try #require(outcome.status == 0, "\(outcome)")
        let rows = try records(#require(workshop.scratch.text("\(fusion).csv")))
        let right = rows.count { $0["label"] == $0["prediction"] }
        #expect(fused?[fusion]?["accuracy"] == Double(right) / Double(rows.count), "\(fusion)")
      }
    }

    @Test(arguments: ["mla", "joint_concat"])
    func `the size of forward passes changes no prediction`(method: String) async throws {
      let workshop = try await trained(["method=\(method)"])
      for size in [1, 7, 256] {
        let outcome = try await workshop.evaluate(
          .oneProcess, "run", predictions: "\(size).csv",
          options: ["--set", "evaluation.batch_size=\(size)"])
        try #require(outcome.status == 0, "\(outcome)")
      }
      let expected = try records(#require(workshop.scratch.text("256.csv")))
      for size in [1, 7] {
        let found = try records(#require(workshop.scratch.text("\(size).csv")))
        #expect(found.map { $0["prediction"] } == expected.map { $0["prediction"] })
        // Another size is another product of matrices, so the last bits may differ.
        for (row, other) in zip(found, expected) {
          let numbers = try [row, other].map { try #require(Double($0["probability"] ?? "")) }
          #expect(abs(numbers[0] - numbers[1]) < 1e-5)
        }
      }
    }

    @Test func `the table of predictions has a row for each sample, and weights that sum to one`()
      async throws
    {
      let workshop = try await trained([])
      let outcome = try await workshop.evaluate(.ranks(4), "run", predictions: "p.csv")
      try #require(outcome.status == 0, "\(outcome)")
      let text = try #require(workshop.scratch.text("p.csv"))
      #expect(
        text.hasPrefix(
          "id,label,prediction,probability,a.present,a.entropy,a.weight,a.prediction,b.present,b.entropy,b.weight,b.prediction,c.present,c.entropy,c.weight,c.prediction\n"
        ))
      let rows = try records(text)
      #expect(Set(rows.compactMap { $0["id"] }) == Set(Workshop.ids("y\u{E9}, ", 0..<60)))
      #expect(rows.count == 60)
      var lacking = 0
      for row in rows {
        let probability = try #require(Double(row["probability"] ?? ""))
        #expect((0...1).contains(probability))
        var sum = 0.0
        for modality in ["a", "b", "c"] {
          let fields = ["entropy", "weight", "prediction"].map { row["\(modality).\($0)"] ?? "?" }
          if row["\(modality).present"] == "1" {
            let entropy = try #require(Double(fields[0]))
            let weight = try #require(Double(fields[1]))
            #expect((0...log(3) + 1e-9).contains(entropy) && (0...1).contains(weight))
            #expect(["0", "1", "2"].contains(fields[2]))
            sum += weight
          } else {
            #expect(row["\(modality).present"] == "0" && fields == ["", "", ""])
            lacking += 1
          }
        }
        #expect(abs(sum - 1) < 1e-12)
      }
      #expect(lacking > 30)
    }

    @Test func `texts are read by the words that the weights know, or not at all`() async throws {
      let workshop = try Workshop.texts()
      let outcome = try await workshop.train(.oneProcess, "texts.yaml", to: "run")
      try #require(outcome.status == 0, "\(outcome)")
      let expected = table(try #require(workshop.scratch.text("run/log.txt")))
      let again = try await workshop.evaluate(.ranks(3), "run", predictions: "p.csv")
      #expect(again.status == 0 && table(again.output) == expected, "\(again)")

      let texts = try #require(workshop.scratch.text("words_train.csv"))
      try workshop.scratch.write(
        texts.replacing("good", with: "splendid"), to: "words_train.csv")
      // The model has the words itself; one of an older build needs the texts.
      let other = try await workshop.evaluate(.ranks(3), "run")
      #expect(other.status == 0 && table(other.output) == expected, "\(other)")
      try workshop.makeOlderModel(of: "run", sampleShapes: [[5], [7]])
      let refused = try await workshop.evaluate(.ranks(3), "run", predictions: "q.csv")
      #expect(refused.status == 65, "\(refused)")
      #expect(refused.sentences.joined().contains("the training texts now give other ones"))
    }

    @Test func `word pieces are those of the file that the weights know, or none`() async throws {
      let workshop = try Workshop.pieces()
      let outcome = try await workshop.train(
        .oneProcess, "pieces.yaml", to: "run",
        set: ["data.validation=0.2", "data.groups=groups.csv"])
      try #require(outcome.status == 0, "\(outcome)")
      let expected = table(try #require(workshop.scratch.text("run/log.txt")))
      let again = try await workshop.evaluate(.ranks(2), "run", predictions: "p.csv")
      #expect(again.status == 0 && table(again.output) == expected, "\(again)")

      let groups = try #require(workshop.scratch.text("groups.csv"))
      try workshop.scratch.write(groups.replacing("group 1\n", with: "g\n"), to: "groups.csv")
      let other = try await workshop.antiphon(
        .oneProcess, ["train", "--resume", workshop.scratch["run"], "--set", "epochs=3"])
      #expect(other.status == 65, "\(other)")
      #expect(
        other.sentences.joined().contains(
          "data.groups is not the file that the run was trained with"), "\(other)")
      try workshop.scratch.write(groups, to: "groups.csv")

      let vocabulary = try #require(workshop.scratch.text("vocab.txt"))
      try workshop.scratch.write(
        vocabulary.replacing("poor", with: "bad"), to: "vocab.txt")
      let whole = try await workshop.evaluate(.ranks(2), "run")
      #expect(whole.status == 0 && table(whole.output) == expected, "\(whole)")
      try workshop.makeOlderModel(of: "run", sampleShapes: [[9]])
      let refused = try await workshop.evaluate(.ranks(2), "run", predictions: "q.csv")
      #expect(refused.status == 65, "\(refused)")
      #expect(
        refused.sentences.joined().contains(
          "the weights were trained with the tokens 'wordpiece uncased, 28 tokens, sha256 "),
        "\(refused)")
    }

    /// The rows of a CSV file by column, read by the data sets' own reader.
    private func records(_ text: String) throws -> [[String: String]] {
      let records = try parseCSV(text)
      let header = try #require(records.first)
      return records.dropFirst().map { fields in
        #expect(fields.count == header.count)
        return Dictionary(uniqueKeysWithValues: zip(header, fields))
      }
    }

    /// RFC 4180, in a few lines.
    private func parseCSV(_ text: String) throws -> [[String]] {
      var rows: [[String]] = [[""]]
      var isQuoted = false
      for character in text {
        switch character {
        case "\"":
          isQuoted.toggle()
          if isQuoted, rows[rows.count - 1].last?.isEmpty == false {
            rows[rows.count - 1][rows[rows.count - 1].count - 1].append("\"")
          }
        case "," where !isQuoted: rows[rows.count - 1].append("")
        case "\n" where !isQuoted: rows.append([""])
        default: rows[rows.count - 1][rows[rows.count - 1].count - 1].append(character)
        }
      }
      #expect(rows.popLast() == [""])
      return rows
    }
  }
}
