import Foundation
import Testing

/// A trace read back, and held against the published rules of the trace event format ("Trace Event Format",
/// Google, 2016; the parts that a file of complete spans, flows and metadata has to do with).
public struct ReadTrace {
  /// An event with what the tests need of it.
  public struct Event {
    /// What it is: `X`, `s`, `f` or `M`.
    public let phase: String
    /// Its name.
    public let name: String
    /// The rank.
    public let pid: Int
    /// The rank's line.
    public let tid: Int
    /// Nanoseconds, which the file has as thousandths of its unit.
    public let time: Int
    /// How long it took, nanoseconds.
    public let duration: Int
    /// What ties the ends of a flow.
    public let id: Int?
    /// What else is said of it.
    public let arguments: [String: Any]

    /// When it ended, nanoseconds.
    public var end: Int { time + duration }
  }

  /// All events, in the order of the file.
  public let events: [Event]
  /// What the file says of the job.
  public let about: [String: Any]

  /// The spans alone.
  public var spans: [Event] { events.filter { $0.phase == "X" } }

  /// Reads a file's bytes; whatever the rules forbid is an issue.
  public init(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) throws {
    _ = try #require(
      String(validating: bytes, as: UTF8.self), "not UTF-8", sourceLocation: sourceLocation)
    let parsed = try JSONSerialization.jsonObject(with: Data(bytes))
    let file = try #require(parsed as? [String: Any], sourceLocation: sourceLocation)
    about = try #require(file["otherData"] as? [String: Any], sourceLocation: sourceLocation)
    #expect(
      ["ms", "ns"].contains(file["displayTimeUnit"] as? String), sourceLocation: sourceLocation)
    let list = try #require(file["traceEvents"] as? [[String: Any]], sourceLocation: sourceLocation)
    events = try list.map { event in
      let phase = try #require(event["ph"] as? String, sourceLocation: sourceLocation)
      #expect(["X", "M", "s", "f"].contains(phase), sourceLocation: sourceLocation)
      func time(_ key: String) throws -> Int {
        let number = try #require(
          event[key] as? Double, "\(key) of \(event)", sourceLocation: sourceLocation)
        return Int((number * 1000).rounded())
      }
      return Event(
        phase: phase,
        name: try #require(event["name"] as? String, sourceLocation: sourceLocation),
        pid: try #require(event["pid"] as? Int, sourceLocation: sourceLocation),
        tid: try #require(event["tid"] as? Int, sourceLocation: sourceLocation),
        time: phase == "M" ? 0 : try time("ts"), duration: phase == "X" ? try time("dur") : 0,
        id: event["id"] as? Int, arguments: event["args"] as? [String: Any] ?? [:])
    }
    try check(list, sourceLocation)
  }

  private func check(_ list: [[String: Any]], _ sourceLocation: SourceLocation) throws {
    // Times: not negative, and in order on each line; spans of a line hold each other or are apart.
    for (line, all) in Dictionary(grouping: events, by: { [$0.pid, $0.tid] }) {
      let timed = all.filter { $0.phase != "M" }
      #expect(
        zip(timed, timed.dropFirst()).allSatisfy { $0.time <= $1.time },
        "line \(line) goes back in time", sourceLocation: sourceLocation)
      #expect(
        timed.allSatisfy { $0.time >= 0 && $0.duration >= 0 }, sourceLocation: sourceLocation)
      var open: [Event] = []
      for span in timed where span.phase == "X" {
        while let last = open.last, last.end <= span.time { open.removeLast() }
        if let last = open.last {
          #expect(span.end <= last.end, "\(span) crosses \(last)", sourceLocation: sourceLocation)
        }
        open.append(span)
      }
    }
    // Flows: each has one beginning and one end, later, of one name and category, within spans.
    let flows = zip(events, list).filter { $0.0.phase == "s" || $0.0.phase == "f" }
    for (event, json) in flows {
      #expect(json["cat"] is String, sourceLocation: sourceLocation)
      if event.phase == "f" {
        #expect(json["bp"] as? String == "e", sourceLocation: sourceLocation)
      }
      #expect(
        spans.contains {
          [$0.pid, $0.tid] == [event.pid, event.tid] && $0.time <= event.time
            && event.time <= $0.end
        }, "no span holds \(event)", sourceLocation: sourceLocation)
    }
    for (id, ends) in Dictionary(grouping: flows.map(\.0), by: \.id) {
      try #require(id != nil, sourceLocation: sourceLocation)
      try #require(
        ends.map(\.phase).sorted() == ["f", "s"], "\(ends)", sourceLocation: sourceLocation)
      let (begin, end) = ends[0].phase == "s" ? (ends[0], ends[1]) : (ends[1], ends[0])
      #expect(begin.time <= end.time, "\(ends)", sourceLocation: sourceLocation)
      #expect(
        begin.name == end.name && begin.pid != end.pid, "\(ends)", sourceLocation: sourceLocation)
    }
    // Metadata: of the kinds there are, with what each must say; every line has its names.
    for event in events where event.phase == "M" {
      switch event.name {
      case "process_name", "thread_name":
        #expect(event.arguments["name"] is String, sourceLocation: sourceLocation)
      case "process_sort_index", "thread_sort_index":
        #expect(event.arguments["sort_index"] is Int, sourceLocation: sourceLocation)
      default: Issue.record("metadata \(event.name)", sourceLocation: sourceLocation)
      }
    }
    for span in spans {
      // Perfetto takes it for the main one, and lays it over the one with number 0.
      #expect(span.tid == 0 || span.tid != span.pid, sourceLocation: sourceLocation)
      #expect(name(of: span.pid) != nil, sourceLocation: sourceLocation)
      #expect(
        events.contains {
          $0.name == "thread_name" && [$0.pid, $0.tid] == [span.pid, span.tid]
        }, sourceLocation: sourceLocation)
    }
  }

  /// What a rank is called.
  public func name(of pid: Int) -> String? {
    events.first { $0.name == "process_name" && $0.pid == pid }?.arguments["name"] as? String
  }

  /// How often a rank has spans of each name.
  public func counts(of pid: Int) -> [String: Int] {
    spans.filter { $0.pid == pid }.reduce(into: [:]) { $0[$1.name, default: 0] += 1 }
  }

  /// The flows of a name: where they begin, and where they end.
  public func arrows(_ name: String) -> [(from: Event, to: Event)] {
    let begins = events.filter { $0.phase == "s" && $0.name == name }
    let ends = Dictionary(
      uniqueKeysWithValues: events.filter { $0.phase == "f" }.map { ($0.id, $0) })
    return begins.compactMap { begin in ends[begin.id].map { (begin, $0) } }
  }
}
