import Storage

/// Some cycles of a trace as a picture: a lane for each rank, boxes for what it does, arrows for the messages
/// of turns. Readable on light and on dark pages.
struct TracePicture {
  private static let (left, right, top, laneHeight, gap) = (150.0, 20.0, 64.0, 40.0, 14.0)
  private static let width = 1000.0
  /// More boxes than that nobody can tell apart.
  private static let mostSpans = 20_000

  private let trace: DrawnTrace
  private let window: ClosedRange<Double>
  private let title: String
  private let lanes: [DrawnTrace.Lane]

  /// A picture of cycles of a trace, counted through all epochs from 0; nil: two that took as long as most.
  init(_ trace: DrawnTrace, path: String, cycles wanted: ClosedRange<Int>?) throws {
    let held = trace.cycles
    guard let first = held.keys.min(), let last = held.keys.max() else {
      throw FileError(
        path, "holds no cycle: found no span of the coordinator that belongs to one")
    }
    let cycles = wanted ?? Self.ordinary(held) ?? first...first
    guard let begin = held[cycles.lowerBound]?.lowerBound,
      let end = held[cycles.upperBound]?.upperBound, begin < end
    else {
      throw FileError(
        path,
        "--cycles: found \(cycles.lowerBound)-\(cycles.upperBound), expected some of \(first)-\(last), which the trace holds"
      )
    }
    let window = begin...end
    self.trace = trace
    self.window = window
    title =
      cycles.count == 1
      ? "Cycle \(cycles.lowerBound)" : "Cycles \(cycles.lowerBound) to \(cycles.upperBound)"
    lanes = trace.spans.filter { $0.value.contains { Self.isSeen($0, in: window) } }.keys
      .sorted { ($0.rank, $0.track) < ($1.rank, $1.track) }
    let count = trace.spans.values.reduce(0) { $0 + $1.count { Self.isSeen($0, in: window) } }
    guard count <= Self.mostSpans else {
      throw FileError(
        path,
        "--cycles: found \(count) spans in them, expected at most \(Self.mostSpans); name fewer")
    }
  }

  /// Two cycles, one after the other, as long as the median of such pairs; nil: there are none.
  private static func ordinary(_ cycles: [Int: ClosedRange<Double>]) -> ClosedRange<Int>? {
    let pairs = cycles.compactMap { cycle, times in
      cycles[cycle + 1].map { (cycle: cycle, length: $0.upperBound - times.lowerBound) }
    }.sorted { ($0.length, $0.cycle) < ($1.length, $1.cycle) }
    guard !pairs.isEmpty else { return nil }
    let cycle = pairs[pairs.count / 2].cycle
    return cycle...cycle + 1
  }

  private static func isSeen(_ span: DrawnTrace.Span, in window: ClosedRange<Double>) -> Bool {
    span.end > window.lowerBound && span.begin < window.upperBound
  }

  /// The picture.
  var svg: String {
    let kinds = SpanKind.allCases.filter { kind in
      lanes.contains { lane in
        (trace.spans[lane] ?? []).contains {
          SpanKind($0.name) == kind && Self.isSeen($0, in: window)
        }
      }
    }
    let bottom = Self.top + Double(lanes.count) * (Self.laneHeight + Self.gap)
    let height = bottom + 70
    let ranks = Set(lanes.map(\.rank)).count
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.number(Self.width)) \(Self.number(height))" font-family="Helvetica, Arial, sans-serif" font-size="13" role="img" aria-labelledby="title desc">
        <title id="title">\(title) of a run</title>
        <desc id="desc">Time runs to the right; a lane for each of \(ranks) ranks shows what it does, and arrows show the head on its way to a worker and the update on its way back.</desc>
        <style>
          .page { fill: #fff } .ink { fill: #24292f } .faint { fill: #57606a } .line { stroke: #d0d7de }
          .arrow { stroke: #24292f; stroke-width: 1; fill: none; opacity: .75 } .tip { fill: #24292f }
          .wait { stroke: #8c959f; stroke-width: 1.5; stroke-dasharray: 2 4 }
          .in { fill: #111; font-size: 12px; text-anchor: middle }
          @media (prefers-color-scheme: dark) {
            .page { fill: #0d1117 } .ink { fill: #e6edf3 } .faint { fill: #8d96a0 } .line { stroke: #30363d }
            .arrow { stroke: #e6edf3 } .tip { fill: #e6edf3 } .wait { stroke: #6e7681 }
          }
      \(kinds.filter { $0 != .wait }.map { "    .\($0) { fill: \($0.colour) }\n" }.joined())  </style>
        <defs>
          <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path class="tip" d="M0 0 L8 4 L0 8 z"/></marker>
        </defs>
        <rect class="page" width="\(Self.number(Self.width))" height="\(Self.number(height))"/>
        <text class="ink" x="20" y="28" font-size="16" font-weight="bold">\(title)</text>

      """
    text += axis(bottom: bottom)
    for (place, lane) in lanes.enumerated() { text += draw(lane, at: place) }
    text += arrows()
    text += legend(kinds, at: bottom + 44)
    return text + "</svg>\n"
  }

  // MARK: - Parts

  /// Milliseconds, in some steps that are easy to read.
  private func axis(bottom: Double) -> String {
    let length = window.upperBound - window.lowerBound
    let rough = length / 8
    var step = 0.001
    while step < rough {
      step = [step * 2, step * 5, step * 10].first { $0 >= rough } ?? step * 10
    }
    var text = ""
    for tick in 0...Int(length / step) {
      let time = Double(tick) * step
      let x = Self.number(place(window.lowerBound + time))
      let label = step >= 1 ? "\(Int(time.rounded()))" : Numerals.decimals(time, step < 0.1 ? 2 : 1)
      text +=
        "  <path class=\"line\" d=\"M\(x) \(Self.number(Self.top - 8)) V\(Self.number(bottom))\"/>\n"
      text +=
        "  <text class=\"faint\" x=\"\(x)\" y=\"\(Self.number(Self.top - 14))\" text-anchor=\"middle\" font-size=\"12\">\(label)\(tick == 0 ? " ms" : "")</text>\n"
    }
    return text
  }

  private func draw(_ lane: DrawnTrace.Lane, at place: Int) -> String {
    let y = Self.top + Double(place) * (Self.laneHeight + Self.gap)
    let name = lane.track == 0 ? trace.names[lane] : trace.names[lane].map { "  \($0)" }
    var text =
      "  <text class=\"\(lane.track == 0 ? "ink" : "faint")\" x=\"20\" y=\"\(Self.number(y + Self.laneHeight / 2 + 4))\">\(Self.escaped(name ?? "rank \(lane.rank)", room: Self.left - 25))</text>\n"
    var open: [Double] = []
    for span in trace.spans[lane] ?? [] where Self.isSeen(span, in: window) {
      while let end = open.last, end <= span.begin { open.removeLast() }
      text += draw(span, depth: open.count, at: y)
      open.append(span.end)
    }
    return text
  }

  private func draw(_ span: DrawnTrace.Span, depth: Int, at y: Double) -> String {
    let from = self.place(max(span.begin, window.lowerBound))
    let to = self.place(min(span.end, window.upperBound))
    let kind = SpanKind(span.name)
    if kind == .wait {
      let middle = Self.number(y + Self.laneHeight / 2)
      return "  <path class=\"wait\" d=\"M\(Self.number(from)) \(middle) H\(Self.number(to))\"/>\n"
    }
    // What is done within something is a smaller box in it.
    let inset = depth == 0 ? 0 : min(Double(depth), 2) * 8 + 8
    let (width, height) = (max(0.6, to - from), Self.laneHeight - inset)
    let box =
      "  <rect class=\"\(kind)\" x=\"\(Self.number(from))\" y=\"\(Self.number(y + inset))\" width=\"\(Self.number(width))\" height=\"\(Self.number(height))\""
    let frame =
      depth == 0 ? "/>\n" : " stroke=\"#fff\" stroke-width=\".6\" fill-opacity=\".75\"/>\n"
    let words = depth == 0 ? span.name : String(span.name.split(separator: "/").last ?? "")
    let hasRoom = Double(words.count) * 6.6 + 4 <= width
    // The name of what holds others stands above them.
    let line = depth == 0 ? y + 13 : y + inset + height / 2 + 5
    guard hasRoom else { return box + frame }
    return box + frame
      + "  <text class=\"in\" x=\"\(Self.number(from + width / 2))\" y=\"\(Self.number(line))\">\(Self.escaped(words))</text>\n"
  }

  private func arrows() -> String {
    let seen = trace.arrows.filter {
      window.contains($0.from.time) && window.contains($0.to.time)
    }.sorted { $0.from.time < $1.from.time }
    return seen.map { arrow in
      guard let from = lanes.firstIndex(of: arrow.from.lane),
        let to = lanes.firstIndex(of: arrow.to.lane)
      else { return "" }
      func edge(_ place: Int, towards other: Int) -> String {
        let y = Self.top + Double(place) * (Self.laneHeight + Self.gap)
        return Self.number(other > place ? y + Self.laneHeight : y)
      }
      return
        "  <path class=\"arrow\" marker-end=\"url(#tip)\" d=\"M\(Self.number(place(arrow.from.time))) \(edge(from, towards: to)) L\(Self.number(place(arrow.to.time))) \(edge(to, towards: from))\"/>\n"
    }.joined()
  }

  private func legend(_ kinds: [SpanKind], at y: Double) -> String {
    var x = 20.0
    return kinds.map { kind in
      let mark =
        kind == .wait
        ? "  <path class=\"wait\" d=\"M\(Self.number(x)) \(Self.number(y - 5)) h14\"/>\n"
        : "  <rect class=\"\(kind)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y - 11))\" width=\"14\" height=\"12\"/>\n"
      let text =
        "  <text class=\"ink\" x=\"\(Self.number(x + 20))\" y=\"\(Self.number(y))\">\(kind.words)</text>\n"
      x += 34 + Double(kind.words.count) * 6.9
      return mark + text
    }.joined()
  }

  /// Where a time is, from the left.
  private func place(_ time: Double) -> Double {
    let share = (time - window.lowerBound) / (window.upperBound - window.lowerBound)
    return Self.left + share * (Self.width - Self.left - Self.right)
  }

  private static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  /// A text as it stands in XML, cut to so much room.
  private static func escaped(_ text: String, room: Double = .infinity) -> String {
    let most = room.isFinite ? Int(room / 6.8) : text.count
    let cut = text.count > most ? text.prefix(most - 1) + "…" : text[...]
    return cut.unicodeScalars.map { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      // Not even an escape of these is allowed.
      case _ where scalar.value < 32 || 0xFFFE...0xFFFF ~= scalar.value: "?"
      default: "\(scalar)"
      }
    }.joined()
  }
}
