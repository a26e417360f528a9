import Exchange
import Runs
import Storage
import Tensors
import TestSupport
import Testing

@testable import Experiments

/// How runs are started and ended.
@Suite struct RunnerTests {
  /// Starts nothing, notes what it is asked for, and has runs end, failed, after some looks at them.
  private final class Pretender: RunStarter {
    private(set) var started: [String] = []
    private(set) var resumed: [String] = []
    private(set) var most = 0
    fileprivate var (going, asked, ended) = (0, 0, 0)
    fileprivate let looks: Int?

    /// - Parameter looks: nil: runs go on for ever.
    init(looks: Int?) { self.looks = looks }

    func start(_ run: ExperimentRun, resuming: Bool) throws -> any StartedRun {
      started.append("\(run.point)/\(run.seed)")
      if resuming { resumed.append("\(run.point)/\(run.seed)") }
      going += 1
      most = max(most, going)
      return Pretence(starter: self)
    }
  }

  private final class Pretence: StartedRun {
    private let starter: Pretender
    private var looks = 0

    init(starter: Pretender) { self.starter = starter }

    func poll() -> RunEnding? {
      looks += 1
      guard let last = starter.looks, looks == last else { return nil }
      starter.going -= 1
      return .failed("it pretends", isRefusal: false)
    }
    func ask() { starter.asked += 1 }
    func end() {
      // All have been asked before the first is waited for.
      #expect(starter.asked == starter.going)
      starter.ended += 1
    }
  }

  /// Has every run end at once, with one epoch of ten seconds.
  private final class Quick: RunStarter {
    private struct Ended: StartedRun {
      func poll() -> RunEnding? { .over }
      func ask() {}
      func end() {}
    }

    func start(_ run: ExperimentRun, resuming: Bool) throws -> any StartedRun {
      #expect(run.configuration.epochs == 1)
      try ModelFiles.createFolder(run.directory)
      try AtomicFile.write(
        Array("{\"epoch\": 0, \"seconds\": 10}\n".utf8), to: "\(run.directory)/metrics.jsonl")
      return Ended()
    }
  }

  private static let text = "variants: {a: {}, b: {hgm.lambda: 1}}\nseeds: 0-2\nbaselines: false"

  @Test func `so many go on at a time, and a failure is no reason to leave out other seeds`() throws
  {
    let experiment = try SmallExperiment(Self.text)
    let starter = Pretender(looks: 2)
    var said: [String] = []
    let runner = try ExperimentRunner(experiment.plan, starter: starter, atOnce: 4) {
      said.append($0)
    }
    try runner.run()
    #expect(starter.most == 4 && starter.going == 0)
    #expect(experiment.plan.runs.map(\.configuration.seed) == [0, 0, 1, 1, 2, 2])
    #expect(starter.started == ["a/0", "b/0", "a/1", "b/1", "a/2", "b/2"])
    #expect(runner.failures.keys.sorted() == Array(0..<6))
    #expect(Set(runner.failures.values) == ["it pretends"])
    #expect(said.count == 6 && said[5] == "b · seed 2 · failed: it pretends · 0 of 6 runs")
  }

  @Test func `when the work is called off, runs are asked, then waited for`() throws {
    let experiment = try SmallExperiment(Self.text)
    let starter = Pretender(looks: nil)
    let runner = try ExperimentRunner(experiment.plan, starter: starter, atOnce: 3)
    #expect(throws: ExchangeError.interrupted) {
      try LongWork.run(
        lookingUp: { if starter.started.count == 3 { throw ExchangeError.interrupted } }
      ) { try runner.run() }
    }
    #expect(starter.asked == 3 && starter.ended == 3)
  }

  @Test func `what stands in the way of one run does not of the others`() throws {
    let experiment = try SmallExperiment(Self.text)
    try experiment.scratch.write("mine", to: "out/runs/a/seed-1/notes.txt")
    let starter = Pretender(looks: 1)
    let runner = try ExperimentRunner(experiment.plan, starter: starter, atOnce: 1)
    try runner.run()
    #expect(starter.started == ["a/0", "b/0", "b/1", "a/2", "b/2"])
    #expect(runner.failures[2]?.contains("notes.txt") == true)
    #expect(experiment.scratch.text("out/runs/a/seed-1/notes.txt") == "mine")
  }

  @Test func `a run that was cut off is gone on with, and one that is whole is not`() throws {
    let text = "variants: {a: {}, b: {hgm.lambda: 1}}\nbaselines: false"
    let experiment = try SmallExperiment(text)
    try ExperimentRunner(experiment.plan, starter: InProcess(), atOnce: 1).run()
    // Without its results it is not over, but its weights are there.
    try experiment.scratch.remove("out/runs/b/seed-0/summary.json")
    let starter = Pretender(looks: 1)
    let runner = try ExperimentRunner(experiment.plan, starter: starter, atOnce: 1)
    #expect(runner.finishedCount == 1)
    try runner.run()
    #expect(starter.started == ["b/0"] && starter.resumed == ["b/0"])
    // Nor is it over without its logits.
    try experiment.scratch.remove("out/runs/a/seed-0/logits.safetensors")
    #expect(
      try ExperimentRunner(experiment.plan, starter: starter, atOnce: 1).finishedCount == 0)
    // Other arithmetic makes other bits.
    let other = try SmallExperiment(
      "variants: {a: {execution.products: openblas}, b: {hgm.lambda: 1}}\nbaselines: false",
      scratch: experiment.scratch)
    let error = #expect(throws: ExperimentError.self) {
      try ExperimentRunner(other.plan, starter: starter, atOnce: 1)
    }
    #expect(
      error?.description.contains("execution.products was portable and is now openblas") == true)
  }

  @Test(arguments: [
    // All fit; the two largest do, the three do not; not even one.
    (4, [5, 5, 5, 5], 20, 4, false), (3, [9, 2, 2, 9], 19, 2, true), (2, [50, 1], 20, 1, true),
    // Fewer are left than are wanted; nobody knows what they need.
    (4, [5, 5], 12, 4, false), (4, [], 0, 4, false), (2, [Int.max, Int.max], 20, 1, true),
  ])
  func `no more go on at a time than memory holds`(
    wanted: Int, needs: [Int], available: Int, count: Int, isNoted: Bool
  ) {
    let found = RunsAtOnce(wanted: wanted, needs: needs, available: available)
    #expect(found.count == count && (found.note != nil) == isNoted)
  }

  @Test func `memory is that of the runs that are left, in words`() throws {
    let experiment = try SmallExperiment(Self.text)
    var memory = RunMemory()
    let need = try #require(try memory.byteCount(of: experiment.plan.runs[0].configuration))
    // The program, two sets of 16-and-more floats of some thousand samples, and little more.
    #expect(need > 42 << 20 && need < 80 << 20)
    #expect(try RunsAtOnce(experiment.plan, wanted: 2) == .init(wanted: 2, needs: [], available: 0))
    #expect(
      RunsAtOnce(wanted: 4, needs: [3 << 30, 2 << 30, 2 << 30], available: 5 << 30).note
        == "2 at once, not 4: a run needs up to 3.0 GiB of memory, and 5.0 GiB can be had here")
    let elsewhere = try SmallExperiment(
      "variants: {a: {modalities.weak.data: {kind: text, train: none.csv}}}\nbaselines: false")
    #expect(try memory.byteCount(of: elsewhere.plan.runs[0].configuration) == nil)
  }

  @Test func `an estimate tells what fails, and why`() throws {
    let experiment = try SmallExperiment(Self.text)
    let estimate = try RunEstimate(experiment.plan) {
      $0.point == "b" ? .failed("it is not allowed") : .seconds(7)
    }
    #expect(estimate.rows.map(\.failure) == [nil, "it is not allowed"])
    // Three runs of a; b's are none.
    #expect(estimate.seconds(atOnce: 2) == 10.5)
    #expect(estimate.table.lines.last?.hasSuffix("fails") == true)
    let nothing = try RunEstimate(experiment.plan) { _ in .failed("it is not allowed") }
    #expect(nothing.seconds(atOnce: 2) == nil)
    // Two further epochs of ten seconds.
    let longer = try SmallExperiment("variants: {a: {epochs: 3}}\nbaselines: false")
    guard
      case .seconds(let whole) = try RunEstimate.timed(
        longer.plan.runs[0], by: Quick(), in: longer.scratch["timing"])
    else {
      Issue.record("the run failed")
      return
    }
    #expect(20..<25 ~= whole)
    // The real thing: an epoch of one, and no trace left of it in the experiment's folder.
    let run = experiment.plan.runs[0]
    guard
      case .seconds(let seconds) = try RunEstimate.timed(
        run, by: InProcess(), in: experiment.scratch["timing"])
    else {
      Issue.record("the run failed")
      return
    }
    #expect(seconds > 0 && experiment.scratch.names(in: "out") == [])
    #expect(
      try RunEstimate.timed(
        run, by: InProcess(failing: "a"), in: experiment.scratch["timing"])
        == .failed("it is not allowed"))
  }
}
