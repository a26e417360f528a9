import Foundation
import FoundationXML
import Storage
import Testing

@testable import Scaling

/// What is told of an experiment: tables, CSV, JSON and the page.
@Suite struct ReportTests {
  private static let hostile = "<b onload=\"x\">&'"

  private static func report(
    _ layouts: [Layout], _ measured: [Round], name: String = "example",
    model: (Layout) -> Double? = { _ in nil }
  ) -> Report {
    var plan = ScalingPlan()
    plan.replicas = layouts.filter { $0.kind == .strong }.map(\.count)
    plan.modalities = layouts.filter { $0.kind == .weak }.map(\.count)
    (plan.repeats, plan.shards) = (measured.count, plan.replicas.isEmpty ? nil : 4)
    return Report(
      Findings(layouts, measured, limit: 0.1, model: model), of: plan, configuration: name,
      scaled: "video",
      machine: MachineFacts(
        cores: 2, processor: "made up", coreType: "Zen", lanes: "avx2", load: "0.1"))
  }

  private static let layouts = [
    Layout(.strong, 1), Layout(.strong, 2), Layout(.weak, 2), Layout(.weak, 4),
  ]

  private static func whole(_ name: String = "example") -> Report {
    report(
      layouts, rounds([[100, 52, 20, 21], [100, 50, 20, nil]], foreign: [0, 0.01]), name: name)
  }

  @Test func `the table of more ranks has ratios, ideal and weights`() {
    let table = Self.whole().tables[0]
    #expect(table.title == "strong: video on more ranks, 4 shards")
    #expect(
      table.rows[1].prefix(5) == [
        "2", "51.00 (50.00-52.00)", "1.96 (1.92-2.00)", "0.98", "50.00",
      ])
    #expect(table.rows[1].last == "abcdef01 same bits" && table.rows[0].last == "abcdef01")
    #expect(!table.header.contains("model ms"))
  }

  @Test func `the table of more modalities says what bounds the cycle`() {
    let table = Self.whole().tables[1]
    #expect(
      table.rows[1].prefix(6) == [
        "4", "21.00 (21.00-21.00)", "0.95 (0.95-0.95)", "10.00", "2.00", "slowest rank",
      ])
  }

  @Test func `a model has columns of its own where there is one`() throws {
    let found = Self.report(
      Self.layouts, rounds([[100, 52, 20, 21]]), model: { $0.count == 2 ? 0.0468 : nil })
    let table = found.tables[0]
    let place = try #require(table.header.firstIndex(of: "model ms"))
    #expect(table.rows.map { $0[place] } == ["-", "46.80"])
    #expect(table.rows.map { $0[place + 1] } == ["-", "0.90"])
    #expect(table.rows.allSatisfy { $0.count == table.header.count })
  }

  @Test func `a layout that failed, other bits and dropped rounds are said`() {
    var measured = rounds([[100, 50, nil, 20], [100, 50, nil, 20]], foreign: [0, 0.4])
    measured[0].outcomes[1] = .ran(job(50, "other bits"), foreign: 0)
    measured[1].outcomes[1] = .ran(job(50, "other bits"), foreign: 0.4)
    let report = Self.report(Self.layouts, measured)
    #expect(report.tables[1].rows[0].prefix(2) == ["2", "failed"])
    #expect(report.tables[0].rows[1].last == "other bi OTHER BITS")
    #expect(
      report.remarks.contains("1 of 2 rounds dropped: other work took more than 0.10 of a core"))
    #expect(report.remarks.contains("weak-2 failed: it broke"))
  }

  private func job(_ cycle: Double, _ digest: String) -> LayoutReport {
    ScalingTests.report(cycle: cycle, digest: digest)
  }

  @Test func `CSV has a row a round, layout and rank`() {
    let lines = Self.whole().csv.split(separator: "\n").map(String.init)
    // Two ranks, the coordinator one of them, of seven jobs; and the one that failed.
    #expect(lines.count == 1 + 2 * 7 + 1)
    let width = lines[0].split(separator: ",", omittingEmptySubsequences: false).count
    #expect(
      lines.allSatisfy {
        $0.split(separator: ",", omittingEmptySubsequences: false).count == width
      })
    #expect(
      lines.contains(
        "strong-2,strong,2,1,true,0.000000000,0.052000000,1,m0,node1,0.000000000,0.000000000,0.042000000,0.001000000,0.009000000,0.000000000,0.052000000,0,abcdef0123,"
      ))
    #expect(lines.last == "weak-4,weak,4,2,true,,,,,,,,,,,,,,,it broke")
  }

  @Test func `JSON has the machine, the parameters, and all rows`() throws {
    struct Content: Decodable {
      struct Row: Decodable { let layout: String }
      struct Layout: Decodable { let failure: String? }
      let machine: [String: JSONValue]
      let parameters: [String: JSONValue]
      let rows: [Row]
      let layouts: [Layout]
      let kept: [Int]
    }
    let text = try Self.whole().json.text(pretty: true)
    let content = try JSONDecoder().decode(Content.self, from: Data(text.utf8))
    #expect(content.rows.count == 15 && content.kept == [1, 2])
    #expect(content.layouts.map(\.failure) == [nil, nil, nil, "it broke"])
    #expect(Set(content.machine.keys).isSuperset(of: ["cores", "processor", "load"]))
    #expect(Set(content.parameters.keys).isSuperset(of: ["repeats", "shards", "cycles"]))
  }

  @Test func `the page needs nothing beside itself, and is small`() throws {
    let many = [Layout(.weak, 2), Layout(.weak, 64)]
    var round = Round(1, layouts: 2)
    round.outcomes = many.map { layout in
      .ran(
        ScalingTests.report(cycle: 30, Array(repeating: (1, 9), count: layout.count)), foreign: 0)
    }
    for page in [Self.whole().page, Self.report(many, [round]).page] {
      #expect(page.utf8.count < 200_000)
      for word in ["src=", "href=", "url(", "@import", "<script"] { #expect(!page.contains(word)) }
      let links = page.ranges(of: "://").count
      #expect(links == page.ranges(of: "http://www.w3.org/2000/svg").count)
      #expect(page.contains("width=device-width") && page.contains("prefers-color-scheme: dark"))
      #expect(page.contains("@media print"))
    }
  }

  @Test func `the page is well-formed, and names in it stay names`() throws {
    let page = Self.whole(Self.hostile).page
    let start = try #require(page.range(of: "<html")?.lowerBound)
    let body = page[start...].replacing(#/<meta[^>]*>/#, with: "")
    let parser = XMLParser(data: Data(body.utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(!page.contains("<b onload") && page.contains("&lt;b onload"))
    #expect(!page.lowercased().contains("nan"))
  }

  @Test func `an experiment of which nothing ran has a page too`() throws {
    let page = Self.report(Self.layouts, rounds([[nil, nil, nil, nil]])).page
    #expect(page.contains("weak-4 failed: it broke") && !page.contains("<figure>"))
  }
}
