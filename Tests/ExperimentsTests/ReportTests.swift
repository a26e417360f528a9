import Foundation
import Storage
import Testing

@testable import Experiments

/// Tables and files of an experiment.
@Suite struct ReportTests {
  @Test func `an experiment leaves every file, and says what cannot be tested`() throws {
    let experiment = try SmallExperiment(
      """
      variants: {mla: {}, plain: {hgm.enabled: false}}
      seeds: 0-1
      baselines: false
      conditions: {missing: {rates: [0.5]}}
      """)
    try ExperimentRunner(experiment.plan, starter: InProcess(), atOnce: 1).run()
    let report = try experiment.report()
    try report.write()
    #expect(
      experiment.scratch.names(in: "out").sorted() == [
        "accuracy.svg", "calibration.csv", "classes.csv", "confusion.csv", "differences.svg",
        "missing.csv", "missing.svg", "results.csv", "results.json", "runs", "runs.csv",
        "tables.md", "tables.tex",
      ])
    #expect(report.tables[0].rows[1].contains("not testable with 2 seeds"))
    #expect(report.tables[0].rows[0].contains("reference"))
    #expect(
      report.remarks.contains(
        "differences are not testable with 2 seeds, whose least p is 0.500; take 6 or more, better 8"
      ))
    let lines = try #require(experiment.scratch.text("out/runs.csv")).split(separator: "\n")
    #expect(lines.count == 5)
    let json = try #require(experiment.scratch.text("out/results.json"))
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))
    guard case .object(let members) = value, case .list(let rows) = members["rows"] else {
      Issue.record("no rows")
      return
    }
    #expect(rows.count == 2)
    // The folder belongs to the experiment from its first moment.
    #expect(throws: (any Error).self) {
      try ExperimentFolder(experiment.scratch["out"])
    }
    let home = try ExperimentFolder(experiment.scratch["new"])
    try home.keep(experiment.scratch["small.yaml"], overrides: ["seeds=3"])
    #expect(experiment.scratch.text("new/experiment.yaml")?.hasSuffix("# --set seeds=3\n") == true)
    #expect(throws: (any Error).self) {
      try ExperimentFolder(experiment.scratch["new"])
    }
    home.release()
  }

  @Test func `what so many rows with so few seeds cannot show is said`() throws {
    let experiment = try SmallExperiment(
      "variants: {mla: {}, a: {hgm.lambda: 1}, b: {hgm.lambda: 2}}\nseeds: 0-5\nbaselines: false")
    try ExperimentRunner(experiment.plan, starter: InProcess(), atOnce: 1).run()
    // Two rows, 2/64 each.
    #expect(
      try experiment.report().remarks.contains(
        "of 2 rows with 6 seeds, no p (Holm) can be below 0.063: take more seeds, or compare fewer")
    )
  }
}
