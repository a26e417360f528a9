import ArgumentParser
import Configuration
import Foundation
import MPI
import Runs
import Scaling
import Tensors

/// `antiphon scale`: layouts by turns, each a job of its own. It has no ranks itself; ./launch calls it.
struct ScaleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scale",
    abstract: "Measures how a run scales over modalities and ranks.",
    discussion: """
      EXAMPLE: ./launch scale examples/lazy2.yaml --modalities 2,4,8 --stand-ins 20

      Tables, CSV, JSON and a page with plots: docs/scaling.md says how to read them.

      \(Usage.statuses)
      """)

  @OptionGroup var options: ScaleOptions

  func run() throws {
    let configuration = try options.load()
    let plan = try options.plan(configuration)
    guard let launch = ProcessInfo.processInfo.environment["ANTIPHON_LAUNCH"] else {
      throw RunError.noPath(
        what: "ANTIPHON_LAUNCH", found: "",
        problem: "where the script is that starts jobs; use ./launch scale")
    }
    let name = URL(fileURLWithPath: options.configuration).deletingPathExtension()
      .lastPathComponent
    let model = try options.model(plan, of: configuration)
    let directory = try RunDirectory(output: options.output, for: "scale-\(name)")
    let console = Console()
    console.startLogging(to: directory.log)
    let jobs = try LaunchedJobs(
      launch: launch, folder: "\(directory.path)/jobs", plan: plan, configuration: configuration)
    let machine = MachineFacts.here
    if !plan.replicas.isEmpty {
      console.update("looking which modality takes longest")
      try jobs.findHeaviest()
    }
    let experiment = Experiment(plan.layouts, repeats: plan.repeats, runner: jobs) { line in
      if console.isTerminal { console.update(line) } else { console.say(line) }
    }
    let ended = Result { try experiment.run() }
    // What was measured is told even if not all of it was, and even if this process shall end.
    let findings = Findings(
      plan.layouts, experiment.rounds, limit: plan.foreignLimit,
      model: { model($0, jobs.scaled) })
    let report = Report(
      findings, of: plan, configuration: name, scaled: jobs.scaled, machine: machine)
    if !findings.rounds.isEmpty {
      try LongWork.run(lookingUp: {}) { try report.write(to: directory.path) }
      say(report, on: console, directory.path)
    }
    try ended.get()
    guard findings.rows.contains(where: { $0.cycle != nil }) else {
      throw ScalingError(
        "no layout could be measured; what the jobs said is in \(directory.path)/jobs")
    }
  }

  private func say(_ report: Report, on console: Console, _ folder: String) {
    console.say(report.headline)
    for table in report.tables { console.say(table) }
    console.say()
    report.remarks.forEach { console.say($0) }
    console.say("the plots are in \(folder)/scaling.html, beside scaling.csv and scaling.json")
  }
}
