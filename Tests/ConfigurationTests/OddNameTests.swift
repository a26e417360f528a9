import Methods
import Testing

@testable import Configuration

/// What the program writes, it reads; and what people write as the documentation allows it.
@Suite struct OddNameTests {
  @Test(arguments: oddModalityNames)
  func `a modality may be called so, wherever it is named`(name: String) throws {
    let text = """
      classes: 2
      order: [b, \(name)]
      fusion_weights: {b: 1, \(name): 2}
      modalities:
        \(name): {data: {kind: synthetic}}
        b: {data: {kind: synthetic}}
      """
    let run = try parse(text)
    #expect(run.modalities.map(\.name) == [name, "b"])
    #expect(run.order == [1, 0])
    #expect(run.fusion.weights == [2, 1])
    #expect(try parse(run.yaml) == run)
    let again = try parse(
      run.yaml,
      overrides: [
        "order=[\(name), b]", "modalities.\(name).missing.test=0.5", "fusion_weights.\(name)=3",
      ])
    #expect(again.order == [0, 1])
    #expect(again.modalities[0].missingTest == 0.5)
    #expect(again.fusion.weights == [3, 1])
  }

  @Test(arguments: oddNames) func `a class may be called so`(name: String) throws {
    var run = try parse(minimal)
    run.classes = [name, "other"]
    #expect(try parse(run.yaml) == run)
    run.modalities[0].source = .arrays(.init(train: .init(values: name, labels: name), test: nil))
    #expect(try parse(run.yaml) == run)
  }

  @Test(arguments: oddNames + ["a\tb", "a\nb", "\u{85}", "\u{2028}", "\u{FEFF}x", "\u{1}"])
  func `a folder may be called so`(name: String) throws {
    let folder = "/data/\(name.replacing("/", with: "_"))"
    let run = try RunConfiguration.parse(minimal, file: "x", baseDirectory: folder)
    #expect(run.data.root == (name == "." ? "/data" : folder))
    #expect(try RunConfiguration.parse(run.yaml, file: "x", baseDirectory: nil) == run)
  }

  @Test func `names that a line of aliases could be made of read back`() throws {
    var run = try parse(minimal)
    run.classes = (0..<40).flatMap { ["&a\($0)", "*a\($0)"] }
    #expect(aliasGrowthBound(of: run.yaml) == 1)
    #expect(try parse(run.yaml) == run)
  }

  @Test func `the largest file that is read can be read once it is resolved`() throws {
    // Escapes take ten bytes for three.
    let long = String(repeating: "\u{E000}", count: 1_000)
    let names = (0..<300).map { "\(long)\($0)" }
    let text = minimal.replacing("classes: 2", with: "classes: [\(names.joined(separator: ","))]")
    #expect(text.utf8.count <= ReadingLimits.written.byteCount)
    let run = try parse(text)
    #expect(run.yaml.utf8.count > 2 * ReadingLimits.written.byteCount)
    #expect(try parse(run.yaml) == run)
  }

  @Test func `the values that are written out have room beside all that are read`() throws {
    let modalities = (0..<64).map { "  m\($0): {data: {kind: wav, train: x.csv}}\n" }
    let run = try parse("classes: 2\nmodalities:\n\(modalities.joined())")
    let limits = ReadingLimits(for: run.yaml.utf8)
    let written = run.yaml.split(separator: "\n").count
    #expect(written > 64 * 30)
    #expect(limits.valueCount > ReadingLimits.written.valueCount + 2 * written)
  }
}

/// Every JSON document is YAML; what writes JSON puts all texts in quotes.
@Suite struct JSONTests {
  @Test(arguments: 0..<40, [JSONText.Style.ascii, .utf8])
  func `a configuration as JSON is the same configuration`(
    seed: Int, style: JSONText.Style
  ) throws {
    let run = randomConfiguration(seed: UInt64(seed))
    var composer = YAMLComposer(file: "x", limits: .resolved)
    let root = try #require(try composer.compose(run.yaml))
    #expect(try parse(JSONText(style).text(of: root)) == run)
  }

  @Test func `a character of two escapes is one character`() throws {
    let names = { (list: String) in try parse(minimal, overrides: ["classes=\(list)"]).classes }
    #expect(try names(#"["a\ud83d\ude00b", "c"]"#) == ["a\u{1F600}b", "c"])
    #expect(try names(#"["\\uD83D\\uDE00", "\ud83D\uDe00"]"#) == [#"\uD83D\uDE00"#, "\u{1F600}"])
    for half in [#"\ud83d"#, #"\ude00\ud83d"#, #"\\ud83d\ude00"#] {
      #expect(throws: ConfigurationError.self) { try names("[\"\(half)\", c]") }
    }
  }

  @Test func `numbers and switches in quotes are still refused`() {
    Broken(
      "number", minimal + "\"epochs\": \"3\"\n",
      "run.yaml:5: epochs: found \"3\", expected a whole number from 1 to 1000000"
    ).check()
    Broken(
      "switch", minimal + "hgm: {enabled: \"true\"}\n",
      "run.yaml:5: hgm.enabled: found \"true\", expected true or false"
    ).check()
    Broken(
      "choice", minimal + "method: \"mal\"\n",
      "run.yaml:5: method: found \"mal\", expected one of \(MethodList.all.map { $0.kind }.joined(separator: ", ")); "
        + "did you mean 'mla'?"
    ).check()
  }
}

/// Writes configurations as JSON libraries do.
struct JSONText {
  enum Style { case ascii, utf8 }
  private let style: Style

  init(_ style: Style) { self.style = style }

  func text(of node: ConfigurationNode) -> String {
    switch node.content {
    case .scalar(let text, let isPlain):
      let isValue = isPlain && (Double(text) != nil && !text.hasPrefix("i") && !text.hasPrefix("n"))
      return isValue || isPlain && ["true", "false", "null"].contains(text) ? text : quoted(text)
    case .sequence(let items): return "[" + items.map(text).joined(separator: ", ") + "]"
    case .mapping(let entries):
      let members = entries.map { "\(quoted($0.key)):\(text(of: $0.node))" }
      return "{" + members.joined(separator: ",\n\t") + "}"
    }
  }

  private func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case "/": "\\/"
      case "\n": "\\n"
      case " "..."~": String(scalar)
      case _ where style == .utf8: String(scalar)
      default: String(scalar).utf16.map(escape).joined()
      }
    }
    return "\"\(escaped.joined())\""
  }

  private func escape(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
