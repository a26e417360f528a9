import Configuration
import Exchange
import Foundation
import MLA
import Methods
import Storage
import TestSupport
import Testing

@testable import Coordinator
@testable import Runs

@Suite struct NumeralsTests {
  @Test(arguments: [
    (0.9605, 2, "0.96"), (-1.5, 0, "-2"), (2.5, 0, "3"), (0.005, 2, "0.01"), (-0.001, 2, "0.00"),
    (1234.5678, 3, "1234.568"), (0.04, 1, "0.0"), (.nan, 2, "-"), (.infinity, 2, "-"),
  ])
  func `decimals are rounded, and signs only stand before something`(
    value: Double, count: Int, text: String
  ) {
    #expect(Numerals.decimals(value, count) == text)
  }

  @Test func `numbers far beyond what integers hold do not trap`() {
    #expect(Numerals.decimals(1.5e38, 3) == "1.5e+38")
    #expect(Numerals.decimals(-1e300, 2) == "-1e+300")
    #expect(Numerals.duration(1e300) == "-")
    #expect(Numerals.percent(1) == "100.00")
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-12_345, "-12,345"),
    (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func `thousands are set apart`(value: Int, text: String) {
    #expect(Numerals.grouped(value) == text)
  }

  @Test(arguments: [(0, "0 modalities"), (1, "1 modality"), (2, "2 modalities")])
  func `one is no plural`(count: Int, text: String) {
    #expect(Numerals.counted(count, "modality", "modalities") == text)
  }

  @Test(arguments: [
    (0.04, "0.0 s"), (9.44, "9.4 s"), (42, "42 s"), (59.6, "1:00"), (187, "3:07"),
    (8100, "2:15:00"), (.nan, "-"), (-1, "-"),
  ])
  func `durations read as clocks do`(seconds: Double, text: String) {
    #expect(Numerals.duration(seconds) == text)
  }

  @Test(arguments: [
    (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (50_646_221, "48.3 MiB"), (5 << 40, "5.0 TiB"),
  ])
  func `bytes have units`(count: Int, text: String) {
    #expect(Numerals.bytes(count) == text)
  }
}

@Suite struct TableTests {
  @Test func `columns are as wide as their widest cell, numbers to the right`() {
    var table = TextTable(["name", "n", "value"])
    table.add(["é", "1,000", "1.5"])
    table.add(["longer", "2", "10.25"])
    #expect(
      table.lines == [
        "name        n  value",
        "------  -----  -----",
        "é       1,000    1.5",
        "longer      2  10.25",
      ])
    #expect(TextTable(["a", "b"]).lines == ["a  b", "-  -"])
  }

  @Test(arguments: [
    ("plain", "plain"), ("", ""), ("a,b", "\"a,b\""), ("say \"so\"", "\"say \"\"so\"\"\""),
    ("two\nlines", "\"two\nlines\""), ("two\r\nlines", "\"two\r\nlines\""), ("é 🦉", "é 🦉"),
    ("\"\u{301}", "\"\"\"\u{301}\""), (",\u{301}", "\",\u{301}\""),
  ])
  func `fields are quoted where they must be`(text: String, field: String) {
    #expect(CSV.field(text) == field)
  }

  @Test func `numbers that are none become null`() throws {
    let value: JSONValue = [
      "a": .number(.nan), "b": .number(-.infinity), "c": .number(0.1), "d": .list([1, .null]),
      "e": "quote \" / slash", "f": .flag(true),
    ]
    #expect(
      try value.text(pretty: false)
        == #"{"a":null,"b":null,"c":0.1,"d":[1,null],"e":"quote \" / slash","f":true}"#)
  }
}

/// Two classes and two modalities; the numbers are small enough to be counted by eye.
enum SmallEvaluation {
  static let configuration: RunConfiguration = {
    var run = RunConfiguration(
      classes: ["no", "yes, \"sir\""],
      modalities: ["x", "y"].map {
        ModalityConfiguration(name: $0, source: .synthetic(.init()), encoder: .mlp(.init()))
      })
    run.fusion.kind = .averageLogits
    return run
  }()

  /// Four samples of classes 0, 1, 1, 0. Modality x has the first three, y the last two but one.
  static func of(_ x: [Float], _ y: [Float]) throws -> Evaluation {
    let logits = [
      ModalityLogits(logits: x + [0, 0], present: [true, true, true, false], classCount: 2),
      ModalityLogits(
        logits: [0, 0] + y + [0, 0], present: [false, true, true, false], classCount: 2),
    ]
    return try Evaluation(
      split: .test, logits: logits, labels: [0, 1, 1, 0], configuration: configuration,
      prediction: nil)
  }
}

@Suite struct PredictionTableTests {
  @Test func `every sample has a row, and what is absent is empty`() throws {
    let evaluation = try SmallEvaluation.of([0, 0, 1, 1, 0, 0], [0, 0, 2, 2])
    let text = try PredictionTable.csv(
      evaluation, ids: ["a", "b,c", "d\"e", "f"], classes: SmallEvaluation.configuration.classes)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let entropy = log(2.0)
    let yes = "\"yes, \"\"sir\"\"\""
    #expect(
      lines == [
        "id,label,prediction,probability,x.present,x.entropy,x.weight,x.prediction,y.present,y.entropy,y.weight,y.prediction",
        "a,no,no,0.5,1,\(entropy),1.0,no,0,,,",
        "\"b,c\",\(yes),no,0.5,1,\(entropy),0.5,no,1,\(entropy),0.5,no",
        "\"d\"\"e\",\(yes),no,0.5,1,\(entropy),0.5,no,1,\(entropy),0.5,no",
        "f,no,,,0,,,,0,,,",
        "",
      ])
  }
}

@Suite struct SeedSpreadTests {
  private func result(_ evaluation: Evaluation?) -> RunResult {
    RunResult(
      evaluation: evaluation, fusion: nil, seconds: 1, cyclesPerSecond: 1, weightsDigest: "",
      ranks: [], ids: [])
  }

  @Test func `means and deviations over seeds, by hand`() throws {
    // x is right on 1, 2 and 3 of its 3 samples; fused, on 1, 2 and 3 of 4.
    let results = try [
      SmallEvaluation.of([1, 0, 9, 0, 9, 0], [1, 0, 1, 0]),
      SmallEvaluation.of([1, 0, 0, 9, 9, 0], [1, 0, 1, 0]),
      SmallEvaluation.of([1, 0, 0, 9, 0, 9], [1, 0, 1, 0]),
    ].map { RunScores(result($0)) }
    let spread = SeedSpread(results, seeds: [4, 5, 6], of: SmallEvaluation.configuration)
    let json = try spread.json.text(pretty: false)
    #expect(
      json.contains(
        #""average_logits":{"accuracy":{"deviation":0.25,"mean":0.5,"values":[0.25,0.5,0.75]}"#))
    let third = 1.0 / 3
    #expect(json.contains(#""seeds":[4,5,6]"#) && json.contains(#""method":"mla""#))
    let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let x = (parsed?["modalities"] as? [String: [String: [String: Any]]])?["x"]?["accuracy"]
    let numbers = try ["mean", "deviation"].map { try #require(x?[$0] as? Double) }
    // (1/3 + 2/3 + 1) / 3, and the square root of (1/9 + 0 + 1/9) / 2.
    #expect(abs(numbers[0] - 2 * third) < 1e-12 && abs(numbers[1] - third) < 1e-12)
    #expect(spread.table.lines[0].hasPrefix("mean of 3 seeds ± deviation"))
    #expect(spread.table.lines[2].contains("50.00 ± 25.00"))
    #expect(spread.table.lines.contains { $0.hasPrefix("x alone") && $0.contains("66.67 ± 33.33") })
  }

  private static let separate: RunConfiguration = {
    var run = SmallEvaluation.configuration
    run.method = MethodChoice(SeparateTraining())
    return run
  }()

  @Test func `one seed has no deviation, and no evaluation no rows`() throws {
    let one = SeedSpread(
      [RunScores(result(try SmallEvaluation.of([1, 0, 0, 9, 0, 9], [1, 0, 1, 0])))], seeds: [1],
      of: SmallEvaluation.configuration)
    #expect(one.table.lines[2].contains("75.00 ± 0.00"))
    let none = SeedSpread([RunScores(result(nil))], seeds: [1], of: Self.separate)
    #expect(none.table.lines.count == 2)
    #expect(
      try none.json.text(pretty: false)
        == #"{"fused":{},"method":"separate","modalities":{},"seeds":[1]}"#)
  }
}
