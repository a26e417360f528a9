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
    let seen = lanes.flatMap { trace.spans[$0] ?? [] }.filter { Self.isSeen($0, in: window) }
    let kinds = Set(seen.map { SpanKind($0.name) })
    let shown = SpanKind.allCases.filter(kinds.contains)
    let bottom = Self.top + Double(lanes.count) * (Self.laneHeight + Self.gap)
    let size = "width=\"\(SVG.number(Self.width))\" height=\"\(SVG.number(bottom + 60))\""
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(SVG.number(Self.width)) \(SVG.number(bottom + 60))" font-family="Helvetica, Arial, sans-serif" font-size="13" role="img" aria-labelledby="title desc">
        <title id="title">\(title) of a run</title>
        <desc id="desc">Time runs to the right. A lane for each rank shows what it does; arrows show the head on its way to a worker and the update on its way back.</desc>
        <style>
          .page { fill: #fff } .ink { fill: #24292f } .faint { fill: #57606a } .line { stroke: #d0d7de }
          .arrow { stroke: #24292f; stroke-width: 1; fill: none; opacity: .75 } .tip { fill: #24292f }
          .wait { stroke: #8c959f; stroke-width: 1.5; stroke-dasharray: 2 4 }
          .in { fill: #111; font-size: 12px; text-anchor: middle }
          @media (prefers-color-scheme: dark) {
            .page { fill: #0d1117 } .ink { fill: #e6edf3 } .faint { fill: #8d96a0 } .line { stroke: #30363d }
            .arrow { stroke: #e6edf3 } .tip { fill: #e6edf3 } .wait { stroke: #6e7681 }
          }
          \(shown.filter { $0 != .wait }.map { ".\($0) { fill: \($0.colour) }" }.joined(separator: " "))
        </style>
        <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path class="tip" d="M0 0 L8 4 L0 8 z"/></marker></defs>
        <rect class="page" \(size)/>

      """ + SVG.text("ink", title, x: 20, y: 28, " font-size=\"16\" font-weight=\"bold\"")
        + axis(bottom: bottom) + lanes.enumerated().map { draw($1, at: y(of: $0)) }.joined()
        + arrows() + legend(shown, at: bottom + 36) + "</svg>\n"
  }

  // MARK: - Parts

  /// Milliseconds, in some steps that are easy to read.
  private func axis(bottom: Double) -> String {
    let length = window.upperBound - window.lowerBound
    var step = 0.001
    while step < length / 8 {
      step = [step * 2, step * 5, step * 10].first { $0 >= length / 8 } ?? step * 10
    }
    return (0...Int(length / step)).map { tick in
      let time = Double(tick) * step
      let x = x(of: window.lowerBound + time)
      let digits = step >= 1 ? 0 : step >= 0.1 ? 1 : 2
      let label = Numerals.decimals(time, digits) + (tick == 0 ? " ms" : "")
      let line = "M\(SVG.number(x)) \(SVG.number(Self.top - 8)) V\(SVG.number(bottom))"
      return SVG.path("line", line)
        + SVG.text(
          "faint", label, x: x, y: Self.top - 14, " text-anchor=\"middle\" font-size=\"12\"")
    }.joined()
  }

  private func draw(_ lane: DrawnTrace.Lane, at y: Double) -> String {
    let isRole = lane.track == 0
    var text = SVG.text(
      isRole ? "ink" : "faint", trace.names[lane] ?? "rank \(lane.rank)", x: isRole ? 20 : 34,
      y: y + Self.laneHeight / 2 + 4, room: Self.left - (isRole ? 25 : 39))
    var open: [Double] = []
    for span in trace.spans[lane] ?? [] where Self.isSeen(span, in: window) {
      while let end = open.last, end <= span.begin { open.removeLast() }
      text += draw(span, depth: open.count, at: y)
      open.append(span.end)
    }
    return text
  }

  private func draw(_ span: DrawnTrace.Span, depth: Int, at y: Double) -> String {
    let from = x(of: max(span.begin, window.lowerBound))
    let to = x(of: min(span.end, window.upperBound))
    let kind = SpanKind(span.name)
    guard kind != .wait else {
      let middle = SVG.number(y + Self.laneHeight / 2)
      return SVG.path("wait", "M\(SVG.number(from)) \(middle) H\(SVG.number(to))")
    }
    // What is done within something is a smaller box in it, below its name.
    let inset = depth == 0 ? 0 : min(Double(depth), 2) * 8 + 8
    let (width, height) = (max(0.6, to - from), Self.laneHeight - inset)
    let box = SVG.rect(
      "\(kind)", x: from, y: y + inset, width: width, height: height,
      depth == 0 ? "" : " stroke=\"#fff\" stroke-width=\".6\" fill-opacity=\".75\"")
    let words = depth == 0 ? span.name : String(span.name.split(separator: "/").last ?? "")
    guard SVG.width(words) + 4 <= width else { return box }
    return box
      + SVG.text(
        "in", words, x: from + width / 2, y: depth == 0 ? y + 13 : y + inset + height / 2 + 5)
  }

  private func arrows() -> String {
    trace.arrows.sorted { $0.from.time < $1.from.time }.map { arrow in
      guard window.contains(arrow.from.time), window.contains(arrow.to.time),
        let from = lanes.firstIndex(of: arrow.from.lane),
        let to = lanes.firstIndex(of: arrow.to.lane)
      else { return "" }
      func end(_ time: Double, _ place: Int, towards other: Int) -> String {
        let edge = y(of: place) + (other > place ? Self.laneHeight : 0)
        return "\(SVG.number(x(of: time))) \(SVG.number(edge))"
      }
      let (begin, tip) = (
        end(arrow.from.time, from, towards: to), end(arrow.to.time, to, towards: from)
      )
      return SVG.path("arrow", "M\(begin) L\(tip)", " marker-end=\"url(#tip)\"")
    }.joined()
  }

  private func legend(_ kinds: [SpanKind], at y: Double) -> String {
    var x = 20.0
    return kinds.map { kind in
      defer { x += 38 + SVG.width(kind.words) }
      let mark =
        kind == .wait
        ? SVG.path("wait", "M\(SVG.number(x)) \(SVG.number(y - 5)) h14")
        : SVG.rect("\(kind)", x: x, y: y - 11, width: 14, height: 12)
      return mark + SVG.text("ink", kind.words, x: x + 20, y: y)
    }.joined()
  }

  /// Where a time is, from the left.
  private func x(of time: Double) -> Double {
    let share = (time - window.lowerBound) / (window.upperBound - window.lowerBound)
    return Self.left + share * (Self.width - Self.left - Self.right)
  }

  /// The upper edge of a lane, by its place.
  private func y(of place: Int) -> Double {
    Self.top + Double(place) * (Self.laneHeight + Self.gap)
  }
}
