import Exchange
import Storage
import Tensors

/// What all ranks of a job did, as a file in the trace event format: Perfetto and chrome://tracing show it.
/// ("Trace Event Format", Google, 2016.)
struct TraceFile {
  private let ranks: [JobTrace.Rank]
  private let roles: [String]
  private let arrows: TraceArrows
  /// The earliest moment of all, by the coordinator's clock: 0 in the file.
  private let origin: Int64

  /// A file of what `ranks` recorded.
  ///
  /// - Parameter roles: what each rank is called: `coordinator`, `audio/0`.
  init(_ ranks: [JobTrace.Rank], roles: [String]) {
    self.ranks = ranks
    self.roles = roles
    origin =
      ranks.compactMap { rank in
        rank.trace.contents.spans.map { rank.clock.own($0.begin) }.min()
      }.min() ?? 0
    arrows = TraceArrows(ranks) { ranks[$0].clock.own($1) }
  }

  /// The number of spans.
  var spanCount: Int { ranks.reduce(0) { $0 + $1.trace.contents.spans.count } }
  /// The number of spans that there was no room for.
  var droppedCount: Int { ranks.reduce(0) { $0 + $1.trace.contents.droppedCount } }

  /// The whole file.
  ///
  /// - Parameter machine: what is to be known of where it was recorded.
  func json(machine: JSONValue) throws -> [UInt8] {
    var text = JSONText()
    text.append("{\"displayTimeUnit\":\"ms\",\"otherData\":")
    text.append(try about(machine).text(pretty: false))
    text.append(",\"traceEvents\":[")
    for rank in ranks.indices { try appendNames(of: rank, to: &text) }
    for rank in ranks.indices {
      try LongWork.step()
      try appendSpans(of: rank, to: &text)
    }
    text.append("\n]}\n")
    return text.bytes
  }

  private func about(_ machine: JSONValue) -> JSONValue {
    [
      "program": .text("antiphon \(AntiphonVersion.current)"),
      "machine": machine,
      "clock": "CLOCK_MONOTONIC of the coordinator's host; 0 is the first span",
      "messages_clamped": .integer(arrows.clampedCount),
      "ranks": .list(
        ranks.enumerated().map { number, rank in
          let clock = rank.clock
          return [
            "rank": .integer(number), "role": .text(roles[number]),
            "host": .text(rank.trace.host),
            "spans": .integer(rank.trace.contents.spans.count),
            "spans_dropped": .integer(rank.trace.contents.droppedCount),
            "clock_offset_us": [
              .number(Double(clock.first.nanoseconds) / 1e3),
              .number(Double(clock.last.nanoseconds) / 1e3),
            ],
            "clock_drift_ppm": .number(clock.drift),
            "clock_error_us": .number(Double(clock.error) / 1e3),
          ]
        }),
    ]
  }

  /// A line's number in the file: 0 is the rank itself. Perfetto takes a line with the number of its process
  /// for the main one, and would lay others over it; so the rest begin where no rank is.
  private static func number(of track: TraceTrack) -> Int {
    track == .role ? 0 : 1_000_000 + Int(track.rawValue)
  }

  /// The names of a rank and of its lines.
  private func appendNames(of rank: Int, to text: inout JSONText) throws {
    func name(_ what: String, of track: TraceTrack = .role, _ value: JSONValue) throws {
      text.separate()
      text.append("{\"ph\":\"M\",\"pid\":\(rank),\"tid\":\(Self.number(of: track))")
      text.append(",\"name\":\"\(what)\",\"args\":")
      text.append(try value.text(pretty: false))
      text.append("}")
    }
    let process = "\(roles[rank]) @\(ranks[rank].trace.host)"
    try name("process_name", ["name": .text(process)])
    try name("process_sort_index", ["sort_index": .integer(rank)])
    let tracks = Set(ranks[rank].trace.contents.spans.map(\.track)).union([.role])
    for track in tracks.sorted(by: { $0.rawValue < $1.rawValue }) {
      let line = track.named(role: roles[rank])
      try name("thread_name", of: track, ["name": .text(line)])
      try name(
        "thread_sort_index", of: track, ["sort_index": .integer(Int(track.rawValue))])
    }
  }

  /// The spans of a rank line by line, and within a line by time: what holds others comes before them.
  private func appendSpans(of rank: Int, to text: inout JSONText) throws {
    let (contents, clock) = (ranks[rank].trace.contents, ranks[rank].clock)
    let names = try contents.names.map { try JSONValue.text($0).text(pretty: false) }
    let messages = try contents.names.map {
      // `send head` and `receive head` are the ends of one arrow.
      try JSONValue.text(String($0.drop { $0 != " " }.dropFirst())).text(pretty: false)
    }
    var events = contents.spans.map { span in
      (span: span, begin: clock.own(span.begin) - origin, arrow: false)
    }
    for span in contents.spans {
      guard let arrow = arrows[span, of: rank] else { continue }
      events.append((span, (span.message.arrives ? arrow.came : arrow.left) - origin, true))
    }
    events.sort { one, other in
      if one.span.track != other.span.track {
        return one.span.track.rawValue < other.span.track.rawValue
      }
      if one.begin != other.begin { return one.begin < other.begin }
      // An arrow is tied to the innermost span at its moment, so it comes after that.
      if one.arrow != other.arrow { return other.arrow }
      return one.span.end > other.span.end
    }
    for (span, begin, isArrow) in events {
      text.separate()
      if isArrow, let arrow = arrows[span, of: rank] {
        text.append(span.message.arrives ? "{\"ph\":\"f\",\"bp\":\"e\"" : "{\"ph\":\"s\"")
        text.append(",\"id\":\(arrow.id),\"cat\":\"message\",\"name\":")
        text.append(messages[Int(span.name)])
      } else {
        text.append("{\"ph\":\"X\",\"dur\":")
        text.append(microseconds: clock.own(span.end) - clock.own(span.begin))
        text.append(",\"name\":")
        text.append(names[Int(span.name)])
      }
      text.append(",\"ts\":")
      text.append(microseconds: begin)
      text.append(",\"pid\":\(rank),\"tid\":\(Self.number(of: span.track))")
      if !isArrow, span.cycle >= 0 {
        text.append(",\"args\":{\"cycle\":\(span.cycle)")
        if span.turn >= 0 { text.append(",\"turn\":\(span.turn)") }
        text.append("}")
      }
      text.append("}")
    }
  }
}

/// A JSON text that grows.
private struct JSONText {
  private(set) var bytes: [UInt8] = []
  private var isFirst = true

  mutating func append(_ text: String) { bytes += text.utf8 }

  /// Begins another event, on a line of its own.
  mutating func separate() {
    append(isFirst ? "\n" : ",\n")
    isFirst = false
  }

  /// A time, or how long something took, in the format's unit.
  mutating func append(microseconds nanoseconds: Int64) {
    let nanoseconds = max(0, nanoseconds)
    let rest = String(nanoseconds % 1000)
    append("\(nanoseconds / 1000).\(String(repeating: "0", count: 3 - rest.utf8.count))\(rest)")
  }
}
