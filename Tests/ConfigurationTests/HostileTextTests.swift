import Testing

@testable import Configuration

/// Whatever the text, an answer comes, and a refusal is one line.
@Suite struct HostileTextTests {
  private let text = randomConfiguration(seed: 7).yaml

  @Test func `text cut off anywhere is read or refused`() {
    let bytes = Array(text.utf8)
    for end in stride(from: 0, to: bytes.count, by: 5) {
      expectAnswer(String(decoding: bytes[..<end], as: UTF8.self))
    }
  }

  @Test(arguments: 0..<300) func `text with damaged bytes is read or refused`(seed: Int) {
    var generator = FixedGenerator(state: UInt64(seed))
    var bytes = Array(text.utf8)
    let damage = Array("\0\t\n :-,[]{}&*!|>'\"%@`#?~<=.0\u{85}\u{2028}".utf8)
    for _ in 0..<Int.random(in: 1...6, using: &generator) {
      let place = Int.random(in: bytes.indices, using: &generator)
      bytes[place] = damage.randomElement(using: &generator) ?? 0
    }
    expectAnswer(String(decoding: bytes, as: UTF8.self))
  }

  @Test(arguments: [
    String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000),
    String(repeating: "- ", count: 100_000), String(repeating: "? ", count: 100_000),
    String(repeating: "a: 1\n", count: 100_000), String(repeating: "&a ", count: 100_000),
    "seed: " + String(repeating: "9", count: 1_000_000),
    "optimizer: {lr: " + String(repeating: "1", count: 100_000) + "}",
    String(repeating: "k", count: 500_000) + ": 1", "%YAML 9.9\n---\na: 1", "a: \"\\ud800\"",
    "? &a [x]\n: *a\n*a : 1", "\u{FEFF}", "--- \n...\n", "a: !!binary x", "!!set {a, b}",
    "modalities: {? [a] : {data: {kind: synthetic}}}\nclasses: 2", "<<: {a: 1}",
  ]) func `monstrous text is refused`(text: String) {
    expectAnswer(text)
    #expect(throws: ConfigurationError.self) { try parse(text) }
  }

  @Test func `aliases that multiply in keys are refused before they are followed`() {
    var text = "- &a0 [x, x]\n"
    for level in 1...60 { text += "- &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    text += "- {? *a60 : 1, ? *a59 : 2}\n"
    #expect(throws: ConfigurationError.self) { try parse(text) }
    #expect(throws: ConfigurationError.self) {
      try parse(text.split(separator: "\n").map { $0.replacing("&a", with: "&b&a") }.joined())
    }
  }

  @Test func `escapes of one character are joined, and nothing else`() {
    #expect(#"a\ud83d\ude00b"#.joiningSurrogateEscapes() == #"a\U0001f600b"#)
    #expect(#"\uDBFF\uDFFF"#.joiningSurrogateEscapes() == #"\U0010ffff"#)
    for text in [
      #"\\ud83d\ude00"#, #"\ud83d"#, #"\ud83d\ud83d"#, #"\ude00\ud83d"#, #"\ud83d\ude0"#,
      #"\u+83d\ude00"#, "\\", "",
    ] {
      #expect(text.joiningSurrogateEscapes() == nil, "\(text)")
    }
  }

  @Test func `a text of very many values is refused before it is composed`() {
    let text = "a: [" + String(repeating: "1,", count: 500_000) + "]"
    let error = #expect(throws: ConfigurationError.self) { try parse(text) }
    #expect(error?.problem.hasPrefix("found more than 250000 lines, commas and colons") == true)
    #expect(valueBound(of: "a: [1, 2]\n- b") == 6)
    #expect(valueBound(of: "{a, b, c}") == 7)
  }

  @Test func `the bound on aliases is never below the truth`() {
    #expect(aliasGrowthBound(of: "a: &x 1\nb: [*x, *x]") == 3)
    #expect(aliasGrowthBound(of: "a: &x 1\nb: &y [*x, *x]\nc: [*y]") == 6)
    #expect(aliasGrowthBound(of: "no anchor, but *stars*") == 1)
    // One name for a chain of five anchors that doubles five times.
    let chain = "&x [1, 1]\n" + String(repeating: "&x [*x, *x]\n", count: 4) + "[*x, *x]"
    #expect(aliasGrowthBound(of: chain) >= 32)
  }

  private func expectAnswer(_ text: String) {
    do {
      let run = try parse(text)
      #expect(throws: Never.self) { try parse(run.yaml) }
    } catch {
      let message = "\(error)"
      #expect(message.hasPrefix("run.yaml") && message.contains("found"))
      #expect(message.utf8.count < 3_000)
      #expect(!message.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }
  }
}
