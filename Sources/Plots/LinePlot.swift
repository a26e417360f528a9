/// Lines over a number, each with the range that its points were in.
public struct LinePlot: Sendable {
  /// One line.
  public struct Series: Sendable {
    /// How a line is drawn, beside its colour.
    public enum Stroke: String, Sendable, CaseIterable { case solid, dashed, dotted, dashdot }

    /// A point, with the range that it stands for.
    public struct Point: Sendable {
      var x: Double
      var y: Double
      var range: ClosedRange<Double>?

      /// How far to the right it is.
      public var place: Double { x }
      /// The least number that it stands for.
      public var least: Double { range?.lowerBound ?? y }

      /// A point; without a range, it stands for itself.
      public init(_ x: Double, _ y: Double, range: ClosedRange<Double>? = nil) {
        (self.x, self.y, self.range) = (x, y, range)
      }
    }

    /// What it is called in the legend; empty: it needs none, as the plot's title says it.
    public var name: String
    /// Its points, in the order in which they are joined; those that are no numbers are left out.
    public var points: [Point]
    /// How it is drawn.
    public var stroke: Stroke
    /// Its colour; nil: that of its place among the lines.
    public var colour: Colour?

    /// The largest number that any of its points stands for; 0 where there is none.
    public var largest: Double {
      points.flatMap { [$0.y, $0.range?.upperBound ?? $0.y] }.filter(\.isFinite).max() ?? 0
    }

    /// A line.
    public init(
      _ name: String, _ points: [Point], stroke: Stroke = .solid, colour: Colour? = nil
    ) {
      (self.name, self.points, self.stroke) = (name, points, stroke)
      self.colour = colour
    }
  }

  /// What the plot shows.
  public var title: String
  /// The axis to the right.
  public var x: Axis
  /// The axis upwards.
  public var y: Axis
  /// The lines; the first is drawn last, above all others.
  public var series: [Series]
  /// A place to the right with an upright line through it; nil: there is none.
  public var mark: Double?

  /// A plot of lines.
  public init(_ title: String, x: Axis, y: Axis, series: [Series], mark: Double? = nil) {
    (self.title, self.x, self.y, self.series) = (title, x, y, series)
    self.mark = mark
  }

  /// The plot as a picture.
  public var picture: Picture {
    let legend = Legend(
      series.enumerated().filter { !$1.name.isEmpty }.map { place, series in
        (series.name, .line(colour: series.colour ?? .series(place), stroke: series.stroke))
      }, top: 36)
    let top = legend.bottom + 36
    let bottom = top + 220
    let frame = Frame(title, x: x, y: y, top: top, bottom: bottom)
    var body = frame.body + legend.body
    if let mark, let low = frame.point(mark, y.range.lowerBound),
      let high = frame.point(mark, y.range.upperBound)
    {
      body.append(line(low.x, low.y, high.x, high.y, "axis dashed"))
    }
    for (place, series) in series.enumerated().reversed() {
      body += draw(series, colour: (series.colour ?? .series(place)).name, in: frame)
    }
    return Picture(title: title, width: Frame.width, height: bottom + 46, body: body)
  }

  private func draw(_ series: Series, colour: String, in frame: Frame) -> [String] {
    var parts: [String] = []
    // A picture of many lines has no more points than one of a few.
    let drawn = Self.thinned(
      series.points, to: max(60, min(Self.mostPoints, 6_000 / max(1, self.series.count))))
    let banded = drawn.compactMap { point in
      point.range.flatMap { range in
        frame.point(point.x, range.lowerBound).flatMap { low in
          frame.point(point.x, range.upperBound).map { (low: low, high: $0) }
        }
      }
    }
    if banded.count > 1 {
      let outline = banded.map(\.high) + banded.reversed().map(\.low)
      parts.append(
        "<polygon class=\"band fill-\(colour)\" points=\"\(Self.list(outline))\"/>")
    } else if let only = banded.first {
      parts.append(line(only.low.x, only.low.y, only.high.x, only.high.y, "line line-\(colour)"))
    }
    let points = drawn.compactMap { point in
      frame.point(point.x, point.y).map { (place: $0, point: point) }
    }
    if points.count > 1 {
      parts.append(
        "<polyline class=\"line \(series.stroke.rawValue) line-\(colour)\" points=\"\(Self.list(points.map(\.place)))\"/>"
      )
    }
    // Of many points the line is enough, and a single one would not be seen without.
    for (place, point) in points.count > Self.mostMarks ? [] : points {
      let name = series.name.isEmpty ? title : series.name
      let tip = "\(name): \(Markup.number(point.y)) at \(Markup.number(point.x))"
      parts.append(
        "<circle class=\"fill-\(colour)\" cx=\"\(Markup.coordinate(place.x))\" cy=\"\(Markup.coordinate(place.y))\" r=\"3.5\"><title>\(Markup.escaped(tip))</title></circle>"
      )
    }
    return parts
  }

  /// The most points that are marked, beside the line through them.
  private static let mostMarks = 24
  /// The most points of a line: more than the picture has places from left to right.
  private static let mostPoints = 600

  /// The points; of very many, the least and the largest of each group of neighbours, so that what a curve
  /// does between two places is still seen.
  static func thinned(_ points: [Series.Point], to most: Int = mostPoints) -> [Series.Point] {
    guard points.count > most else { return points }
    let groups = most / 2
    return (0..<groups).flatMap { group -> [Series.Point] in
      let range = points.count * group / groups..<points.count * (group + 1) / groups
      let finite = range.filter { points[$0].y.isFinite }
      guard let low = finite.min(by: { points[$0].y < points[$1].y }),
        let high = finite.max(by: { points[$0].y < points[$1].y })
      else { return [] }
      return Set([low, high]).sorted().map { points[$0] }
    }
  }

  private static func list(_ points: [(x: Double, y: Double)]) -> String {
    points.map { "\(Markup.coordinate($0.x)),\(Markup.coordinate($0.y))" }.joined(separator: " ")
  }
}
