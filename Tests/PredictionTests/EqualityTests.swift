import Configuration
import Coordinator
import Foundation
import MLA
import Storage
import TestSupport
import Testing

@testable import Prediction
@testable import Runs

/// What is predicted is what is evaluated, however it is computed.
@Suite struct EqualityTests {
  /// Methods whose models predict in each of the ways that there are, and fusions that read what others do not.
  private static let models = [
    "fusion: {kind: entropy_logits}",
    "fusion: {kind: batch_entropy_logits}",
    "fusion: {kind: robust_pool}",
    "method: joint_concat",
    "method: {kind: agm, padding: input}",
    "method: reconboost",
    "method: qmf",
    "method: film",
  ]

  @Test(arguments: models)
  func `logits, weights and probabilities are an evaluation's, bit for bit`(
    lines: String
  ) throws {
    let model = try TrainedModel(lines, validation: lines.contains("robust") ? 0.8 : 0)
    let configuration = try RunConfiguration.load(path: model.scratch["run/configuration.yaml"])
    let kept = try #require(
      KeptLogits(path: model.scratch["run/logits.safetensors"], of: configuration).splits[.test])
    let predicted = try model.predicted()
    #expect((model.scratch.text("run/fusion.json") != nil) == lines.contains("robust"))
    #expect(predicted.map(\.id) == (0..<TrainedModel.testCount).map { "test\($0)" })
    for (place, sample) in predicted.enumerated() {
      for (voice, logits) in zip(sample.voices, kept.modalities) {
        #expect((voice != nil) == logits.present[place])
        guard let voice else { continue }
        let expected = Array(logits.logits[place * 3..<place * 3 + 3])
        #expect(voice.logits.map(\.bitPattern) == expected.map(\.bitPattern))
      }
    }
    // Fields of the evaluation's CSV: id, label, prediction, probability, then four of each modality.
    let lines = try model.lines(model.request())
    let evaluated = try model.evaluated()
    #expect(lines.count == evaluated.count)
    for (line, expected) in zip(lines, evaluated).dropFirst() {
      let (own, other) = (try Self.fields(line), try Self.fields(expected))
      #expect([own[0], own[1], own[2]] == [other[0], other[2], other[3]])
      for modality in 0..<3 {
        let (first, its) = (6 + 8 * modality, 4 + 4 * modality)
        // present, weight, prediction, entropy here; present, entropy, weight, prediction there.
        #expect(
          [own[first], own[first + 3], own[first + 1], own[first + 2]]
            == Array(other[its..<its + 4]))
      }
    }
    #expect(try model.lines(model.request(), onRanks: true) == lines)
  }

  private static func fields(_ line: String) throws -> [String] {
    try #require(CSVRecordOf.fields(line))
  }

  @Test func `a copy without training data says the same`() throws {
    let model = try TrainedModel("fusion: {kind: entropy_logits}")
    let (predicted, evaluated) = (try model.predicted(), try model.evaluated())
    _ = try model.standAlone()
    #expect(try model.predicted("alone") == predicted)
    #expect(try model.evaluated("alone") == evaluated)
    let problem = try #require(throws: CoordinatorError.self) {
      let run = try RunDirectory(existing: model.scratch["alone"])
      let configuration = try RunConfiguration.saved(in: run, fusion: nil, overrides: [])
      try TrainedModel.onRanks(configuration) {
        try $0.evaluate(configuration, model: run, split: .validation, csv: nil)
      }
    }
    #expect("\(problem)".contains("no such file") && "\(problem)".contains("training samples)"))
  }

  @Test func `modalities that are not given are absent`() throws {
    let model = try TrainedModel()
    let predictor = try Predictor(model: model.scratch["run"])
    let whole = try model.predicted()
    let alone = try predictor.predict([
      "b": .listed(path: model.scratch["data/b.test.npy"])
    ])
    #expect(alone.map(\.id) == (0..<TrainedModel.testCount).map { "\($0)" })
    #expect(alone.map { $0.voices[1]?.logits } == whole.map { $0.voices[1]?.logits })
    #expect(alone.allSatisfy { $0.voices[0] == nil && $0.voices[2] == nil })
    #expect(alone.map { $0.probabilities.count } == whole.map { _ in 3 })
    for sample in alone {
      #expect(abs(sample.probabilities.reduce(0, +) - 1) < 1e-12)
      #expect(sample.voices[1]?.weight == 1)
    }
    // One text by itself, as many times as one likes.
    let said = try ["a red fox", "the blue sea"].map { text in
      try predictor.predict(["c": .text(text)])[0]
    }
    #expect(said[0].id == "sample" && said[0] != said[1])
    let again = try predictor.predict(["c": .text("a red fox")])
    #expect(again == [said[0]])
  }
}

/// The fields of one line of CSV.
enum CSVRecordOf {
  static func fields(_ line: String) -> [String]? {
    var (fields, field, isQuoted) = ([String](), "", false)
    for character in line {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        fields.append(field)
        field = ""
      default: field.append(character)
      }
    }
    return isQuoted ? nil : fields + [field]
  }
}
