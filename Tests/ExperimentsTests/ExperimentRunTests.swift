import Configuration
import Coordinator
import Exchange
import Foundation
import MLA
import Runs
import Storage
import TestSupport
import Testing

@testable import Experiments

/// Runs of an experiment: what is run, what is not run again, and what is told of it.
@Suite struct ExperimentRunTests {
  private static let text = """
    variants:
      mla: {}
      joint: {method: joint_concat}
    seeds: [4, 9]
    conditions: {missing: {rates: [0, 0.5]}, subsets: true}

    """
  private static let points = ["mla", "joint", "late-fusion", "late-fusion-heads-x-0.1"]
  private static let everything = [4, 9].flatMap { seed in points.map { "\($0)/\(seed)" } }

  @Test func `an experiment that was killed repeats no run, and gives the same tables`() throws {
    let whole = try SmallExperiment(Self.text)
    let starter = InProcess()
    try ExperimentRunner(whole.plan, starter: starter, atOnce: 2).run()
    #expect(starter.started == Self.everything)
    let tables = try whole.report().tables.map(\.csv)
    #expect(tables.count == 6)

    let cut = try SmallExperiment(Self.text)
    let dying = InProcess(dyingAfter: 3)
    let first = try ExperimentRunner(cut.plan, starter: dying, atOnce: 1)
    #expect(throws: SmallExperiment.Death.self) { try first.run() }
    // What a run leaves that was killed before its first checkpoint.
    try cut.scratch.write("half", to: "out/runs/late-fusion-heads-x-0.1/seed-4/metrics.jsonl")
    #expect(
      try cut.report().remarks[0] == "3 of 8 runs are over: these tables are not the last word")
    let rest = InProcess()
    var said: [String] = []
    let second = try ExperimentRunner(cut.plan, starter: rest, atOnce: 1) { said.append($0) }
    #expect(second.finishedCount == 3)
    try second.run()
    #expect(dying.started + rest.started == Self.everything)
    #expect(try cut.report().tables.map(\.csv) == tables)
    #expect(said.count == 5 && said[4].hasSuffix("8 of 8 runs") && said[0].contains(" left"))
    // Once more: nothing is left to do.
    let idle = InProcess()
    try ExperimentRunner(cut.plan, starter: idle, atOnce: 1).run()
    #expect(idle.started == [])
  }

  @Test func `numbers are those that the runs wrote, and conditions those that runs would have`()
    throws
  {
    let experiment = try SmallExperiment(
      """
      variants: {mla: {}, joint: {method: joint_concat}}
      seeds: [4]
      baselines: false
      fusions: [own, average_logits]
      settings: {fusion: entropy_logits}
      conditions: {missing: {rates: [0, 0.4]}, subsets: true}
      """)
    try ExperimentRunner(experiment.plan, starter: InProcess(), atOnce: 1).run()
    let findings = try ExperimentFindings(experiment.plan, resamples: 20)
    #expect(
      findings.rows.map(\.name) == [
        "mla · own", "mla · average_logits", "joint · own", "joint · average_logits",
      ])
    #expect(findings.reference == 0)
    for row in findings.rows {
      let cell = try #require(row.finished.first)
      let summary = try #require(
        experiment.scratch.text("out/runs/\(row.point.folder)/seed-4/summary.json"))
      #expect(summary.contains("\"accuracy\" : \(cell.accuracy)"), "\(row.name)")
      // At rate 0, and with all modalities, nothing is missing.
      #expect(cell.missing[0] == cell.accuracy && cell.subsets[3] == cell.accuracy)
      #expect(cell.contributions.count == 2)
      #expect(abs(cell.contributions.reduce(0, +) - (cell.subsets[3] - cell.subsets[0])) < 1e-12)
      // Nobody is left: the most frequent class of training.
      #expect(cell.subsets[0] > 0.05 && cell.subsets[0] < 0.35)
      #expect(row.difference?.mcNemar != nil || row.name == "mla · own")
    }
    // The weights of a run are not moved by what test samples lack: a run with `missing` at test time has them.
    let lacking = try SmallExperiment(
      """
      variants: {mla: {missing: {kind: exact, rate: 0.4, splits: test}}, joint: {method: joint_concat, missing: {kind: exact, rate: 0.4, splits: test}}}
      seeds: [4]
      baselines: false
      fusions: [own, average_logits]
      settings: {fusion: entropy_logits}
      """)
    try ExperimentRunner(lacking.plan, starter: InProcess(), atOnce: 1).run()
    let other = try ExperimentFindings(lacking.plan, resamples: 20)
    for (row, own) in zip(findings.rows, other.rows) {
      let accuracy = try #require(own.finished.first?.accuracy)
      #expect(row.finished.first?.missing[1] == accuracy, "\(row.name)")
      let summary = try #require(
        lacking.scratch.text("out/runs/\(own.point.folder)/seed-4/summary.json"))
      #expect(summary.contains("\"accuracy\" : \(accuracy)"), "\(row.name)")
      #expect(row.finished.first?.accuracy != own.finished.first?.accuracy)
    }
  }

  @Test func `a variant that fails is shown, and the others go on`() throws {
    let experiment = try SmallExperiment(Self.text)
    let starter = InProcess(failing: "joint")
    let runner = try ExperimentRunner(experiment.plan, starter: starter, atOnce: 1)
    try runner.run()
    // Refused once: not tried with another seed.
    #expect(starter.started == Self.everything.filter { $0 != "joint/9" })
    let report = try experiment.report(runner)
    #expect(report.tables[0].rows.map { $0[1] } == ["2", "failed", "2", "2"])
    #expect(report.remarks.last == "joint · seeds 4, 9 failed: it is not allowed")
    let runs = report.runs
    let state = try #require(runs.header.firstIndex(of: "state"))
    #expect(runs.rows.filter { $0[0] == "joint" }.map { $0[state] } == ["failed", "failed"])
  }

  @Test func `runs of another configuration are not taken for these`() throws {
    let experiment = try SmallExperiment("variants: {mla: {}}\nbaselines: false")
    try ExperimentRunner(experiment.plan, starter: InProcess(), atOnce: 1).run()
    let other = try SmallExperiment(
      "variants: {mla: {optimizer.lr: 0.5}}\nbaselines: false", scratch: experiment.scratch)
    let error = #expect(throws: ExperimentError.self) {
      try ExperimentRunner(other.plan, starter: InProcess(), atOnce: 1)
    }
    #expect(error?.description.contains("optimizer.lr was 0.02 and is now 0.5") == true)
    // How it is laid out is no matter.
    let alike = try SmallExperiment(
      "variants: {mla: {execution.threads: 2}}\nbaselines: false", scratch: experiment.scratch)
    #expect(
      try ExperimentRunner(alike.plan, starter: InProcess(), atOnce: 1).finishedCount == 1)
  }

  @Test func `the best of a sweep is chosen by validation samples`() throws {
    let experiment = try SmallExperiment(
      """
      variants: {mla: {}}
      grid: {optimizer.lr: [1.0e-06, 0.02]}
      select: validation
      baselines: false
      """)
    try ExperimentRunner(experiment.plan, starter: InProcess(), atOnce: 1).run()
    let report = try experiment.report()
    #expect(report.tables[0].rows.map { $0[0] } == ["mla, optimizer.lr 0.02"])
    #expect(report.tables[1].rows.map { $0[3] } == ["", "yes"])
    #expect(report.runs.rows.count == 2)
  }
}
