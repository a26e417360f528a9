import Testing

@testable import Plots

/// The pictures that reports have beside lines and stacked bars.
@Suite struct ReportPictureTests {
  private static let hostile = "a<b>&\"'\u{1B}[2J]]>"

  private static func square(_ count: Int, _ name: String = "class") -> HeatMap {
    HeatMap(
      name, down: "label", across: "prediction", names: (0..<count).map { "\(name) \($0)" },
      shares: (0..<count).map { row in (0..<count).map { row == $0 ? 0.75 : 0.02 } }
    ) { "\($0)/\($1)" }
  }

  @Test func `pictures are well-formed, whatever names hold`() throws {
    for name in ["plain", Self.hostile] {
      let bars = GroupedBars(
        name, measure: name,
        groups: [
          .init(
            name, colour: .ink, bars: [.init(name, 40, range: 30...50), .init("none", .nan)])
        ])
      let rows = Distributions(
        name, measure: name, range: 0...2,
        rows: [.init(name, colour: .series(1), counts: [1, .nan, 3], median: 0.5)])
      for picture in [
        Self.square(3, name).picture, Self.square(20, name).picture, bars.picture, rows.picture,
      ] {
        let found = try Elements(picture.document)
        #expect(found.names.first == "svg" && !found.names.contains("b"))
        #expect(found.numbers.allSatisfy { $0.isFinite && $0 >= 0 && $0 <= 700 })
      }
    }
  }

  @Test func `few cells have their numbers, and the diagonal a colour of its own`() throws {
    let found = try Elements(Self.square(3).picture.svg)
    #expect(found.texts.contains("1/2") && found.texts.contains("2/2"))
    let styles = found.attributes("rect", "class")
    #expect(styles.count { $0 == "fill-0" } == 3 && styles.count { $0 == "fill-7" } == 6)
  }

  @Test func `many cells are one path for each shade, and a hundred classes stay small`() throws {
    let picture = Self.square(100).picture
    let found = try Elements(picture.svg)
    #expect(found.attributes("path", "class").sorted() == ["fill-0", "fill-7"])
    #expect(picture.svg.utf8.count < 200_000)
    // Names that would touch each other are left out: a cell is some 3.5 wide.
    #expect(found.texts.count { $0.hasPrefix("class ") } == 2 * 25)
  }

  @Test func `of very many points the least and the largest of neighbours stay`() {
    let points = (0..<6_000).map { LinePlot.Series.Point(Double($0), $0 == 777 ? 9 : 0) }
    let thinned = LinePlot.thinned(points)
    #expect(thinned.count <= 600 && thinned.contains { $0.y == 9 && $0.x == 777 })
    #expect(thinned.map(\.x) == thinned.map(\.x).sorted())
    #expect(LinePlot.thinned(Array(points.prefix(600))).count == 600)
  }

  @Test func `an axis of a count ends at it, with whole numbers`() {
    #expect(Axis("", counting: 12).ticks == [0, 2, 4, 6, 8, 10, 12])
    #expect(Axis("", counting: 300).ticks == [0, 50, 100, 150, 200, 250, 300])
    #expect(Axis("", counting: 3).ticks == [0, 1, 2, 3] && Axis("", counting: 0).range == 0...1)
  }

  @Test func `an axis of huge or of all but equal numbers is an axis`() {
    for (least, most) in [(0, 1e308), (-1e308, 1e308), (1e30, 1e30 + 1e10), (5, 5), (1e9, 1e9)] {
      let axis = Axis("", from: least, to: most)
      #expect((2...20).contains(axis.ticks.count), "\(least) \(most) \(axis.ticks.count)")
      let areFinite = axis.ticks.allSatisfy { $0.isFinite }
      #expect(areFinite)
    }
  }

  @Test func `small numbers have some three digits`() {
    #expect(
      [0.0965, 0.00965, 0.001, 0.000125, -2e-7, 0.00099999].map(Markup.number)
        == ["0.0965", "0.00965", "0.001", "1.25e-4", "-2e-7", "1e-3"])
  }
}
