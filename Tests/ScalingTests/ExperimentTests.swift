import Testing

@testable import Scaling

/// Rounds and their order, without any job.
@Suite struct ExperimentTests {
  private final class Script: JobRunner {
    var calls: [String] = []
    let answer: (Layout, Int) throws -> JobOutcome

    init(_ answer: @escaping (Layout, Int) throws -> JobOutcome) { self.answer = answer }

    func run(_ layout: Layout, round: Int) throws -> JobOutcome {
      calls.append("\(layout.name)/\(round)")
      return try answer(layout, round)
    }
  }

  private struct Ended: Error {}

  private static let layouts = [Layout(.weak, 1), Layout(.weak, 2)]

  @Test func `layouts take turns within a round, from one end and from the other`() throws {
    let script = Script { _, _ in .ran(report(cycle: 10), foreign: 0) }
    let experiment = Experiment(Self.layouts, repeats: 3, runner: script)
    try experiment.run()
    #expect(
      script.calls == ["weak-1/1", "weak-2/1", "weak-2/2", "weak-1/2", "weak-1/3", "weak-2/3"])
    #expect(experiment.rounds.map(\.number) == [1, 2, 3])
  }

  @Test func `what was refused is not tried again, what broke is, and the rest goes on`() throws {
    let script = Script { layout, round in
      if layout.count == 2 { return .failed("no", isRefusal: true) }
      return round == 1 ? .failed("broke", isRefusal: false) : .ran(report(cycle: 1), foreign: 0)
    }
    let experiment = Experiment(Self.layouts, repeats: 3, runner: script)
    try experiment.run()
    #expect(script.calls == ["weak-1/1", "weak-2/1", "weak-1/2", "weak-1/3"])
    let rows = Findings(Self.layouts, experiment.rounds, limit: 0.1).rows
    #expect(rows.map(\.failure) == ["broke", "no"] && rows[0].cycle?.median == 1e-3)
  }

  @Test func `what was measured before the end is kept`() throws {
    let script = Script { _, round in
      if round == 2 { throw Ended() }
      return .ran(report(cycle: 10), foreign: 0)
    }
    let experiment = Experiment(Self.layouts, repeats: 3, runner: script)
    #expect(throws: Ended.self) { try experiment.run() }
    let findings = Findings(Self.layouts, experiment.rounds, limit: 0.1)
    #expect(findings.rounds.map(\.number) == [1] && findings.rows[1].cycle?.median == 0.01)
  }

  @Test func `people are told how far it is, and how long it will take`() throws {
    var lines: [String] = []
    let script = Script { _, _ in .ran(report(cycle: 10), foreign: 0) }
    try Experiment(Self.layouts, repeats: 2, runner: script) { lines.append($0) }.run()
    #expect(lines[0] == "round 1/2 · 1 modality · time left unknown")
    #expect(lines.dropFirst().allSatisfy { $0.hasSuffix("0.0 s left") }, "\(lines)")
    #expect(lines[2].hasPrefix("round 2/2 · 2 modalities"))
  }
}

@Suite struct ProcessorClockTests {
  private static let text = """
    cpu  999 999 999 999 999 999 999 999 0 0
    cpu0 100 10 20 5000 70 3 4 5 50 0
    cpu1 200 0 0 5000 0 0 0 0 0 0
    cpu12 7 0 0 0 0 0 0 0 0 0
    intr 1 2 3
    """

  @Test func `busy is what is neither idle nor waiting for a disk, of our processors alone`() {
    // 100 + 10 + 20 + 3 + 4 + 5 ticks of 10 ms.
    #expect(abs(ProcessorClock(processors: [0]).busySeconds(Self.text) - 1.42) < 1e-9)
    #expect(abs(ProcessorClock(processors: [0, 12]).busySeconds(Self.text) - 1.49) < 1e-9)
    #expect(abs(ProcessorClock(processors: []).busySeconds(Self.text) - 3.49) < 1e-9)
    #expect(ProcessorClock(processors: [0]).busySeconds("") == 0)
  }

  @Test func `lists of processors are read as the system writes them`() {
    #expect(ProcessorClock.numbers("0-3,8") == [0, 1, 2, 3, 8])
    #expect(ProcessorClock.numbers("5") == [5] && ProcessorClock.numbers("x-,").isEmpty)
  }

  @Test func `others have what is left of busy seconds`() {
    #expect(ProcessorClock.foreign(busy: 5, own: 4, seconds: 10) == 0.1)
    #expect(ProcessorClock.foreign(busy: 4, own: 4.1, seconds: 10) == 0)
    #expect(ProcessorClock.foreign(busy: 4, own: 1, seconds: 0) == 0)
  }

  @Test func `this process may use some processor, and the clock runs`() {
    let clock = ProcessorClock()
    #expect(!clock.processors.isEmpty)
    let mark = clock.mark()
    #expect(mark.busy > 0 && mark.own > 0 && clock.foreign(since: mark) >= 0)
  }
}
