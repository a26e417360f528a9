import Exchange
import Foundation
import FoundationXML
import Storage
import TestSupport
import Testing

@testable import Runs
@testable import Tensors

@Suite struct TracePictureTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A file of two ranks: cycle `c` of the coordinator lies at `10 c ms`, and is `lengths[c]` ms long; its
  /// worker computes 2 to 4 ms after its beginning, something within that, and waits after.
  private func write(_ lengths: [UInt64], name: String = "forward") throws -> String {
    func span(
      _ name: UInt64, _ begin: UInt64, _ end: UInt64, cycle: Int32,
      _ message: TracedMessage = .none
    ) -> TraceSpan {
      TraceSpan(
        begin: begin * 1_000_000, end: end * 1_000_000, name: name, nameByteCount: 0, run: 1,
        turn: cycle, cycle: cycle, message: message, track: .role)
    }
    let cycles = lengths.enumerated().map { (cycle: $0, begin: UInt64($0) * 10, length: $1) }
    let coordinator = TraceContents(
      names: ["send head"],
      spans: cycles.map {
        span(
          0, $0.begin, $0.begin + $0.length, cycle: Int32($0.cycle),
          TracedMessage(code: 100, number: $0.cycle, peer: 1, arrives: false))
      })
    let worker = TraceContents(
      names: [name, "backward/conv1", "wait head", "receive head"],
      spans: cycles.flatMap {
        let cycle = Int32($0.cycle)
        let message = TracedMessage(code: 100, number: $0.cycle, peer: 0, arrives: true)
        return [
          span(3, $0.begin + 1, $0.begin + 2, cycle: cycle, message),
          span(1, $0.begin + 3, $0.begin + 4, cycle: cycle),
          span(0, $0.begin + 2, $0.begin + 4, cycle: cycle),
          span(2, $0.begin + 4, $0.begin + 6, cycle: cycle),
        ]
      })
    let file = TraceFile(
      [
        JobTrace.Rank(RankTrace(host: "a", contents: coordinator)),
        JobTrace.Rank(RankTrace(host: "b<&\"c", contents: worker)),
      ], roles: ["coordinator", "audio/0"])
    try scratch.write(file.json(machine: .null), to: "trace.json")
    return scratch["trace.json"]
  }

  /// The elements of a picture that is well-formed XML: their names and attributes.
  private final class Elements: NSObject, XMLParserDelegate {
    private(set) var list: [(name: String, attributes: [String: String])] = []
    private(set) var text = ""

    init(_ svg: String) throws {
      super.init()
      let parser = XMLParser(data: Data(svg.utf8))
      parser.delegate = self
      try #require(parser.parse(), "\(String(describing: parser.parserError)) in \(svg)")
    }

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) { list.append((name, attributes)) }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func of(_ name: String, _ style: String) -> [[String: String]] {
      list.filter { $0.name == name && $0.attributes["class"] == style }.map(\.attributes)
    }
  }

  @Test func `boxes, waits and arrows are where their times are`() throws {
    let path = try write([10, 10, 10])
    let picture = try Elements(Picture.ofTrace(path, cycles: 1...1))
    // From 10 to 20 ms: 830 of 1000 wide, from 150 on, so 83 a millisecond. The legend has a box of each.
    let forward = picture.of("rect", "forward")
    #expect(forward.map { $0["x"] ?? "" }.first == "316")
    #expect(forward.map { $0["width"] ?? "" } == ["166", "14"])
    let within = picture.of("rect", "backward")
    #expect(within.first?["x"] == "399" && within.first?["width"] == "83")
    #expect(within.first?["height"] == "24" && forward.first?["height"] == "40")
    #expect(picture.of("path", "wait").first?["d"] == "M482 138 H648")
    #expect(picture.of("path", "arrow").map { $0["d"] ?? "" } == ["M150 104 L233 118"])
    #expect(picture.text.contains("Cycle 1") && picture.text.contains("forward"))
    #expect(picture.text.contains("audio/0 @b<&\"c"))
    for tick in ["0 ms", "2", "4", "6", "8", "10"] { #expect(picture.text.contains(tick)) }
  }

  @Test func `cycles that are as long as most are taken, if nobody says which`() throws {
    // Pairs last 13, 19, 20, 12: the median of four, the upper one, is cycles 1 and 2.
    let path = try write([9, 3, 9, 10, 2])
    #expect(try Elements(Picture.ofTrace(path, cycles: nil)).text.contains("Cycles 1 to 2"))
    #expect(try Elements(Picture.ofTrace(write([10]), cycles: nil)).text.contains("Cycle 0"))
  }

  @Test func `of several runs the first is drawn`() throws {
    let first = try String(
      decoding: Data(contentsOf: URL(fileURLWithPath: write([8, 8, 8, 8]))), as: UTF8.self)
    // Cycle 3 becomes the first cycle of another run.
    try scratch.write(first.replacing("\"cycle\":3", with: "\"cycle\":0"), to: "trace.json")
    let cycles = try DrawnTrace(path: scratch["trace.json"]).cycles
    #expect(cycles == [0: 0...8, 1: 10...18, 2: 20...28])
  }

  @Test func `names that are no XML are made such`() throws {
    let picture = try Elements(Picture.ofTrace(write([10], name: "f\u{1}<>&\"'"), cycles: nil))
    #expect(picture.text.contains("f?<>&\"'"))
  }

  @Test func `what cannot be drawn is said`() throws {
    let path = try write([10, 10])
    #expect(throws: FileError.self) { try Picture.ofTrace(scratch["none.json"], cycles: nil) }
    for (text, sentence) in [
      ("{", "is no trace"), ("[1]", "is no trace"), ("{\"traceEvents\":[{}]}", "holds no cycle"),
    ] {
      try scratch.write(text, to: "bad.json")
      let error = #expect(throws: FileError.self) {
        try Picture.ofTrace(scratch["bad.json"], cycles: nil)
      }
      #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
    }
    for cycles in [2...2, 0...2, 5...9] {
      let error = #expect(throws: FileError.self) { try Picture.ofTrace(path, cycles: cycles) }
      #expect(error?.description.contains("expected some of 0-1") == true)
    }
  }
}
