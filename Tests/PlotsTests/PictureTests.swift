import Foundation
import FoundationXML
import Plots
import Testing

/// What pictures are made of: XML that a parser takes, names that stay names, and coordinates that are numbers.
@Suite struct PictureTests {
  private static let hostile = "a<script>alert(1)</script>&\"'\u{0}\u{1B}[2J]]>"

  private static func lines(_ name: String = "measured") -> LinePlot {
    LinePlot(
      name, x: Axis("ranks", ratiosOf: [1, 2, 4]), y: Axis("speed-up", to: 4),
      series: [
        .init(
          name, [.init(1, 1, range: 1...1), .init(2, 1.9, range: 1.8...2), .init(4, .nan)]),
        .init("ideal", [.init(1, 1), .init(2, 2), .init(4, 4)], stroke: .dashed),
      ])
  }

  private static func bars(_ name: String = "audio") -> StackedBars {
    StackedBars(
      name, measure: "milliseconds a cycle", parts: ["forward", name],
      bars: [.init(name, [3, 5]), .init("rank 2", [.infinity, -4])])
  }

  private static func intervals(_ name: String = "method") -> IntervalPlot {
    IntervalPlot(
      name, measure: name,
      rows: [.init(name, 96, range: 95.5...96.5), .init("none", .nan), .init("alone", 90)], mark: 0)
  }

  @Test func `pictures are well-formed, whatever names hold`() throws {
    for name in ["plain", Self.hostile] {
      for picture in [
        Self.lines(name).picture, Self.bars(name).picture, Self.intervals(name).picture,
      ] {
        let found = try Elements(picture.document)
        #expect(!found.names.contains("script"))
        #expect(found.names.first == "svg" && found.texts.contains { $0.contains(name.prefix(1)) })
      }
    }
  }

  @Test func `a hostile name is shown as it is, less what XML does not know`() throws {
    let texts = try Elements(Self.lines(Self.hostile).picture.svg).texts
    #expect(
      texts.contains("a<script>alert(1)</script>&\"'\u{FFFD}\u{FFFD}[2J]]>"), "\(texts)")
  }

  @Test func `no coordinate is anything but a number within the picture`() throws {
    for picture in [Self.lines().picture, Self.bars().picture, Self.intervals().picture] {
      let found = try Elements(picture.svg)
      #expect(found.numbers.count > 20)
      #expect(found.numbers.allSatisfy { $0.isFinite && $0 >= 0 && $0 <= 700 })
    }
  }

  @Test func `every plot has its title, its axes' titles, and a legend`() throws {
    let lines = try Elements(Self.lines().picture.svg).texts
    for label in ["measured", "ideal", "ranks", "speed-up", "1", "2", "4"] {
      #expect(lines.contains(label), "\(label)")
    }
    let bars = try Elements(Self.bars().picture.svg).texts
    for label in ["audio", "rank 2", "forward", "milliseconds a cycle"] {
      #expect(bars.contains(label), "\(label)")
    }
  }

  @Test func `a point that is no number is left out, and the others stay where they are`() throws {
    let points = try Elements(Self.lines().picture.svg).attributes("polyline", "points")
    #expect(points.map { $0.split(separator: " ").count } == [3, 2])
    // From x 58 to 466 in two doublings, from the ground up in four steps of 55.
    #expect(points[0] == "58.0,237.0 262.0,182.0 466.0,72.0")
  }

  @Test func `bars are as long as their parts, one after the other`() throws {
    let found = try Elements(Self.bars().picture.svg)
    let bars = zip(found.attributes("rect", "x"), found.attributes("rect", "width")).suffix(2)
    // 3 and 5 of an axis to 8, which is 342 wide and begins at 124.
    #expect(bars.map { "\($0) \($1)" } == ["124.0 128.3", "252.3 213.8"])
  }

  @Test func `nothing at all makes a picture too`() throws {
    let empty = [
      LinePlot("no points", x: Axis("x", ratiosOf: []), y: Axis("y", to: .nan), series: []).picture,
      StackedBars("no bars", measure: "ms", parts: [], bars: []).picture,
    ]
    for picture in empty { #expect(try Elements(picture.svg).numbers.allSatisfy(\.isFinite)) }
  }
}

@Suite struct AxisTests {
  private static let examples: [(Double, [Double])] = [
    (4, [0, 1, 2, 3, 4]), (7.3, [0, 2, 4, 6, 8]), (0.9, [0, 0.2, 0.4, 0.6, 0.8, 1]),
    (1_200, [0, 250, 500, 750, 1_000, 1_250]),
  ]

  @Test(arguments: examples)
  func `an axis has a few round numbers`(_ most: Double, _ expected: [Double]) {
    let ticks = Axis("", to: most).ticks
    #expect(ticks.count == expected.count, "\(ticks)")
    for (tick, number) in zip(ticks, expected) { #expect(abs(tick - number) < 1e-9) }
  }

  @Test func `numbers are written without idle zeros`() {
    let numbers = [0, 0.25, 1, 1.9999, 100.04, 1_250, -2.5, .nan]
    #expect(
      numbers.map(Markup.number) == ["0", "0.25", "1", "2", "100", "1250", "-2.5", "-"])
  }
}

/// The elements of a text of XML.
final class Elements: NSObject, XMLParserDelegate {
  private(set) var names: [String] = []
  private(set) var texts: [String] = []
  private var found: [(name: String, attributes: [String: String])] = []

  struct NotWellFormed: Error { let reason: String }

  init(_ text: String) throws {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    guard parser.parse() else {
      throw NotWellFormed(reason: "\(String(describing: parser.parserError)): \(text)")
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    names.append(name)
    texts.append("")
    found.append((name, attributes))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    // Line ends between elements are nobody's text.
    guard !texts.isEmpty, string != "\n" else { return }
    texts[texts.count - 1] += string
  }

  func attributes(_ element: String, _ name: String) -> [String] {
    found.filter { $0.name == element }.compactMap { $0.attributes[name] }
  }

  /// Every coordinate and size; what cannot be read as a number is infinite.
  var numbers: [Double] {
    let places: Set = [
      "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height", "points", "viewBox",
    ]
    return found.flatMap { element in
      element.attributes.filter { places.contains($0.key) }.flatMap { entry in
        entry.value.split { $0 == " " || $0 == "," }.map { Double($0) ?? .infinity }
      }
    }
  }
}
