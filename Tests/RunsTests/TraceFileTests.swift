import Exchange
import Foundation
import Storage
import TestSupport
import Testing

@testable import Runs
@testable import Tensors

@Suite struct TraceFileTests {
  private func span(
    _ name: UInt64, _ begin: UInt64, _ end: UInt64, turn: Int32 = -1, track: TraceTrack = .role,
    message: TracedMessage = .none
  ) -> TraceSpan {
    TraceSpan(
      begin: begin, end: end, name: name, nameByteCount: 0, run: 1, turn: turn, cycle: turn,
      message: message, track: track)
  }

  private func head(_ number: Int, of peer: Int, arrives: Bool) -> TracedMessage {
    TracedMessage(code: 100, number: number, peer: peer, arrives: arrives)
  }

  /// A coordinator that sends heads at 1,000,000 and at 3,000,000 ns, and a worker that has them at the given
  /// times of its own clock, whose offset is known as 500.
  private func traces(_ arrivals: [UInt64], first: Int = 0) -> [JobTrace.Rank] {
    let coordinator = TraceContents(
      names: ["send head"],
      spans: [
        span(0, 1_000_000, 1_000_400, turn: 0, message: head(0, of: 1, arrives: false)),
        span(0, 3_000_000, 3_000_400, turn: 1, message: head(1, of: 1, arrives: false)),
      ].suffix(2 - first))
    let worker = TraceContents(
      names: ["receive head", "a \"name\"\n\\ \u{1F600}\u{0}", "sample"],
      spans: arrivals.enumerated().map { turn, time in
        span(
          0, time, time + 2_000, turn: Int32(turn),
          message: head(turn, of: 0, arrives: true))
      } + [
        span(1, arrivals[0] - 1_000, arrivals[0], turn: 0),
        span(2, 1_200_000, 5_000_000, track: .loader(0)),
        span(2, 1_300_000, 6_000_000, track: .writer),
      ], droppedCount: 6)
    let offset = ClockOffset(moment: 0, nanoseconds: 500, error: 250)
    return [
      JobTrace.Rank(RankTrace(host: "node \"0\"", contents: coordinator)),
      JobTrace.Rank(
        RankTrace(host: "nöde1", contents: worker),
        clock: ClockAlignment(first: offset, last: offset)),
    ]
  }

  private func read(_ ranks: [JobTrace.Rank]) throws -> ReadTrace {
    let file = TraceFile(ranks, roles: ["coordinator", "audio/0"])
    return try ReadTrace(file.json(machine: ["cores": 2]))
  }

  @Test func `spans stand on the coordinator's clock, lines and names are told`() throws {
    let trace = try read(traces([1_100_500, 3_100_500]))
    #expect(trace.name(of: 0) == "coordinator @node \"0\"")
    #expect(trace.name(of: 1) == "audio/0 @nöde1")
    let spans = trace.spans
    #expect(spans.filter { $0.pid == 0 }.map(\.time) == [0, 2_000_000])
    // 500 of the worker's clock are taken off, and what was before is before in the file.
    let own = spans.filter { $0.pid == 1 && $0.tid == 0 }
    #expect(own.map(\.time) == [99_000, 100_000, 2_100_000])
    #expect(own.map(\.duration) == [1_000, 2_000, 2_000])
    #expect(own[0].name == "a \"name\"\n\\ \u{1F600}\u{0}")
    #expect(own[1].arguments["turn"] as? Int == 0 && own[1].arguments["cycle"] as? Int == 0)
    let sample = try #require(spans.first { $0.tid == 1_000_016 })
    #expect(sample.name == "sample" && sample.arguments.isEmpty)
    let facts = try #require(trace.about["ranks"] as? [[String: Any]])
    #expect(facts[1]["spans_dropped"] as? Int == 6 && facts[1]["spans"] as? Int == 5)
    #expect(facts[1]["clock_error_us"] as? Double == 0.25)
    #expect(facts[1]["clock_offset_us"] as? [Double] == [0.5, 0.5])
    #expect(facts[0]["clock_error_us"] as? Double == 0)
    #expect((trace.about["machine"] as? [String: Any])?["cores"] as? Int == 2)
  }

  @Test func `arrows lead from who sends to who takes in`() throws {
    let trace = try read(traces([1_100_500, 3_100_500]))
    let arrows = trace.arrows("head")
    #expect(arrows.map(\.from.time) == [0, 2_000_000])
    #expect(arrows.map(\.to.time) == [100_000, 2_100_000])
    #expect(arrows.allSatisfy { $0.from.pid == 0 && $0.to.pid == 1 })
    #expect(trace.about["messages_clamped"] as? Int == 0)
  }

  @Test func `a message that seems to come before it left comes at once, and is counted`() throws {
    let trace = try read(traces([1_100_500, 3_000_400]))
    #expect(trace.arrows("head").map(\.to.time) == [100_000, 2_000_000])
    #expect(trace.about["messages_clamped"] as? Int == 1)
  }

  @Test func `a message whose other end is no longer there has no arrow`() throws {
    let trace = try read(traces([1_100_500, 3_100_500], first: 1))
    #expect(trace.arrows("head").count == 1)
    #expect(trace.events.count { $0.phase == "f" } == 1)
    // The first span is the worker's now.
    #expect(trace.spans.map(\.time).min() == 0)
  }

  @Test func `nothing recorded is a file too`() throws {
    let trace = try read([JobTrace.Rank(RankTrace(host: "a"))])
    #expect(trace.spans.isEmpty && trace.name(of: 0) == "coordinator @a")
  }
}
