import Synchronization
import Tensors
import Testing

@testable import Exchange

@Suite struct TracingTests {
  // MARK: - Clocks

  @Test func `the shortest round trip tells the offset`() throws {
    // The other clock shows 1,000,000 more. The second answer was on its way for less, and its question for
    // as long.
    let offset = try #require(
      ClockOffset(roundTrips: [
        (left: 0, other: 1_000_900, came: 1_000), (left: 5_000, other: 1_005_100, came: 5_200),
        (left: 9_000, other: 1_009_010, came: 9_400),
      ]))
    #expect(offset == ClockOffset(moment: 1_005_100, nanoseconds: 1_000_000, error: 100))
    #expect(ClockOffset(roundTrips: []) == nil)
  }

  @Test func `between two offsets a clock goes in a straight line`() {
    // It gains 1 in 1000: 10 ppm would be lost in the whole numbers here.
    let alignment = ClockAlignment(
      first: ClockOffset(moment: 10_000, nanoseconds: 8_000, error: 30),
      last: ClockOffset(moment: 1_010_000, nanoseconds: 9_000, error: 20))
    #expect(abs(alignment.drift - 1_000) < 1e-9)
    #expect(alignment.error == 30)
    #expect(alignment.own(10_000) == 2_000)
    #expect(alignment.own(1_010_000) == 1_001_000)
    #expect(alignment.own(510_000) == 501_500)
    #expect(ClockAlignment.same.own(123) == 123)
    #expect(ClockAlignment.same.error == 0)
  }

  @Test func `two ranks find how far their clocks are apart`() throws {
    let found = Mutex<ClockOffset?>(nil)
    try OneProcess.run(ranks: 2, deadline: .seconds(10)) { endpoint in
      guard endpoint.worldRank == 0 else { return try MonotonicClock.answer(endpoint, rounds: 32) }
      found.withLock { $0 = nil }
      let offset = try MonotonicClock.compare(endpoint, with: 1, rounds: 32)
      found.withLock { $0 = offset }
    }
    // It is one clock, so what is found is within its own error.
    let offset = try #require(found.withLock { $0 })
    #expect(abs(offset.nanoseconds) <= offset.error, "\(offset)")
    #expect(MonotonicClock.rounds(between: "a 1", "a 1") == 0)
    #expect(MonotonicClock.rounds(between: "a 1", "a 2") == 32)
    #expect(MonotonicClock.machine == MonotonicClock.machine && MonotonicClock.machine.count > 36)
  }

  // MARK: - What crosses

  @Test func `a recording crosses whole, and one that is no recording is refused`() throws {
    let recording = TraceRecording(capacity: 8)
    Trace.begin(recording)
    Trace.span("forward") {}
    Trace.end()
    let trace = RankTrace(host: "node1", contents: recording.contents)
    #expect(try RankTrace().read(from: frame(trace)) == trace)

    var backwards = trace
    backwards.contents.spans[0].begin = backwards.contents.spans[0].end + 1
    var nameless = trace
    nameless.contents.names = []
    var negative = trace
    negative.contents.droppedCount = -1
    for hostile in [backwards, nameless, negative] {
      #expect(throws: ExchangeError.misfit(kind: .trace, number: -1)) {
        try RankTrace().read(from: frame(hostile))
      }
    }
  }

  private func frame(_ message: RankTrace) throws -> Frame {
    let frame = Frame()
    frame.reset(kind: .trace, number: -1)
    try message.write(to: frame)
    return frame
  }

  @Test func `messages are spans: sending, waiting, taking in, with an arrow for each turn`() throws
  {
    let traces = try record(ranks: 2) { endpoint in
      if endpoint.worldRank == 0 {
        Trace.beginRun()
        Trace.place(turn: 3, cycle: 1)
        try endpoint.send(Progress(samples: 4), number: 3, to: 1)
        try endpoint.send(Refusal("no arrow"), to: 1)
      } else {
        Trace.beginRun()
        try endpoint.receive(Progress(), number: 3, from: 0)
        try endpoint.receive(Refusal(), from: 0)
      }
    }
    #expect(names(traces[0]) == ["send progress", "send refusal"])
    #expect(
      names(traces[1]) == [
        "wait progress", "receive progress", "wait refusal", "receive refusal",
        "wait assignment", "receive assignment",
      ])
    let (sent, received) = (traces[0].contents.spans, traces[1].contents.spans)
    #expect(sent[0].message == TracedMessage(code: 150, number: 3, peer: 1, arrives: false))
    #expect(received[1].message == TracedMessage(code: 150, number: 3, peer: 0, arrives: true))
    #expect(
      sent[1].message == .none && received[0].message == .none && received[3].message == .none)
    #expect(sent[0].turn == 3 && sent[0].run == 1)
    #expect(received[0].end == received[1].begin)
  }

  @Test func `ranks without work record that they wait, and nothing afterwards`() throws {
    let traces = try record(ranks: 3) { _ in }
    let waiting = ["wait assignment", "receive assignment"]
    #expect(traces.map(names) == [[], waiting, waiting])
    #expect(traces.map(\.host) == ["host 0", "host 1", "host 2"])
  }

  private struct Progress: Message {
    static let kind = MessageKind(150, "progress")
    var samples = 0
    mutating func layout(_ fields: Fields) throws { try fields.field(&samples) }
  }

  private func names(_ trace: RankTrace) -> [String] {
    trace.contents.spans.map { trace.contents.names[Int($0.name)] }
  }

  /// What ranks record of `body`, as the coordinator gathers it.
  private func record(
    ranks: Int, _ body: @escaping @Sendable (Endpoint) throws -> Void
  ) throws -> [RankTrace] {
    let gathered = Mutex<[RankTrace]>([])
    try OneProcess.run(ranks: ranks, deadline: .seconds(10)) { endpoint in
      let host = "host \(endpoint.worldRank)"
      guard endpoint.worldRank == 0 else {
        for _ in 0..<2 {
          guard case .record(let order) = try endpoint.receive(Assignment(), from: 0) else {
            Issue.record("another assignment")
            return
          }
          try RankRecorder.serve(order, on: endpoint, host: host)
          // Not the end of the recording: its beginning and its assignments are none of the work.
          if order.capacity > 0 { try body(endpoint) }
        }
        #expect(!Trace.isOn)
        return
      }
      let trace = try JobTrace(endpoint, host: host, capacity: 100)
      try body(endpoint)
      let ranks = try trace.finish()
      #expect(!Trace.isOn)
      #expect(ranks.allSatisfy { $0.clock == .same })
      gathered.withLock { $0 = ranks.map(\.trace) }
    }
    return gathered.withLock { $0 }
  }
}
