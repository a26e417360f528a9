import Synchronization
import Testing

@testable import Tensors

@Suite struct TraceTests {
  /// What `body` records on this thread with room for so many spans.
  private func recorded(_ capacity: Int = 100, _ body: () throws -> Void) rethrows -> TraceContents
  {
    let recording = TraceRecording(capacity: capacity)
    Trace.begin(recording)
    defer { Trace.end() }
    try body()
    return recording.contents
  }

  private func names(_ contents: TraceContents) -> [String] {
    contents.spans.map { contents.names[Int($0.name)] }
  }

  @Test func `nothing is recorded where nobody asked for it`() {
    #expect(!Trace.isOn)
    #expect(Trace.time == 0)
    #expect(Trace.span("load") { 7 } == 7)
    #expect(Trace.note("head", since: Trace.time) == 0)
    let contents = recorded {}
    #expect(contents == TraceContents())
    #expect(!Trace.isOn)
    // A moment from before the recording has no meaning.
    #expect(recorded { Trace.note("head", since: 0) }.spans.isEmpty)
  }

  @Test func `spans have names, times that hold each other, and places`() throws {
    let layer = TraceName("backward/Größe \"1\"")
    let contents = recorded {
      Trace.place(turn: 7, cycle: 3)
      Trace.span("backward") {
        Trace.span(layer) {}
        Trace.span("backward") {}
      }
      Trace.place()
      let began = Trace.time
      let end = Trace.note("wait head", since: began)
      #expect(end >= began && began > 0)
    }
    #expect(names(contents) == ["backward/Größe \"1\"", "backward", "backward", "wait head"])
    #expect(contents.names.count == 3)
    #expect(contents.droppedCount == 0)
    let spans = contents.spans
    #expect(spans.allSatisfy { $0.begin <= $0.end && $0.begin > 0 })
    #expect(spans[2].begin <= spans[0].begin && spans[1].end <= spans[2].end)
    #expect(spans.map(\.turn) == [7, 7, 7, -1])
    #expect(spans.map(\.cycle) == [3, 3, 3, -1])
    #expect(spans.allSatisfy { $0.track == .role && $0.message == .none && $0.run == 0 })
  }

  @Test func `the same name that is put together twice is kept once`() {
    let names = (0..<2).map { _ in TraceName(["sum", "1"].joined(separator: "/")) }
    #expect(names[0].address == names[1].address && names[0].text == "sum/1")
    #expect(TraceName("sum/1").text == "sum/1")
  }

  @Test func `a message stands with its span, and a run with all that follows`() {
    let message = TracedMessage(code: 100, number: 9, peer: 2, arrives: true)
    let contents = recorded {
      Trace.beginRun()
      Trace.place(turn: 4, cycle: 4)
      Trace.note("receive head", since: Trace.time, message: message)
      Trace.beginRun()
      Trace.note("receive head", since: Trace.time)
    }
    #expect(contents.spans.map(\.message) == [message, .none])
    #expect(contents.spans.map(\.run) == [1, 2])
    #expect(contents.spans.map(\.turn) == [4, -1])
  }

  @Test func `what fails is recorded too`() {
    struct Failure: Error {}
    let contents = recorded {
      #expect(throws: Failure.self) { try Trace.span("load") { throw Failure() } }
    }
    #expect(names(contents) == ["load"])
  }

  @Test func `the oldest spans make room, and are counted`() {
    for count in [0, 3, 4, 5, 8, 11] {
      let contents = recorded(4) {
        for number in 0..<count {
          Trace.place(turn: number)
          Trace.span("forward") {}
        }
      }
      #expect(contents.spans.map(\.turn) == (max(0, count - 4)..<count).map(Int32.init))
      #expect(contents.droppedCount == max(0, count - 4))
    }
  }

  @Test func `threads that are started record with who starts them, those before do not`() throws {
    let silent = BackgroundWork { Trace.isOn }
    let didRecord = try silent.value()
    #expect(!didRecord)
    let contents = try recorded {
      Trace.place(turn: 5)
      let work = BackgroundWork { Trace.span("write checkpoint", on: .writer) { Trace.isOn } }
      let records = try work.value()
      #expect(records)
      let crew = ThreadCrew(2) { number in Trace.span("sample", on: .loader(number)) {} }
      _ = consume crew
    }
    #expect(Set(contents.spans.map(\.track)) == [.writer, .loader(0), .loader(1)])
    // They work for no turn: that of the rank may be another meanwhile.
    #expect(contents.spans.allSatisfy { $0.turn == -1 })
    #expect(TraceTrack.loader(1).named(role: "audio") == "loader 1")
    #expect(TraceTrack.writer.named(role: "audio") == "writer")
    #expect(TraceTrack.role.named(role: "audio") == "audio")
  }

  @Test func `ranks that are threads record apart`() throws {
    let found = Mutex<[String]>([])
    let contents = try recorded {
      Trace.span("settle") {}
      // A thread of its own with a recording of its own.
      _ = try BackgroundWork {
        let own = TraceRecording(capacity: 4)
        Trace.begin(own)
        Trace.span("forward") {}
        Trace.end()
        found.withLock { $0 = own.contents.names }
      }.value()
      Trace.span("project") {}
    }
    #expect(names(contents) == ["settle", "project"])
    #expect(found.withLock { $0 } == ["forward"])
  }

  @Test func `a span takes no more than was promised`() {
    #expect(MemoryLayout<TraceSpan>.stride <= 64)
    // Arrays of it are sent as they are, and the last one would lack what fills it up.
    #expect(MemoryLayout<TraceSpan>.size == MemoryLayout<TraceSpan>.stride)
  }
}
