/// Lines over a number, each with the range that its points were in.
public struct LinePlot: Sendable {
  /// One line.
  public struct Series: Sendable {
    /// How a line is drawn, beside its colour.
    public enum Stroke: String, Sendable { case solid, dashed, dotted }

    /// A point, with the range that it stands for.
    public struct Point: Sendable {
      var x: Double
      var y: Double
      var range: ClosedRange<Double>?

      /// The least number that it stands for.
      public var least: Double { range?.lowerBound ?? y }

      /// A point; without a range, it stands for itself.
      public init(_ x: Double, _ y: Double, range: ClosedRange<Double>? = nil) {
        (self.x, self.y, self.range) = (x, y, range)
      }
    }

    /// What it is called in the legend.
    public var name: String
    /// Its points, in the order in which they are joined; those that are no numbers are left out.
    public var points: [Point]
    /// How it is drawn.
    public var stroke: Stroke

    /// The largest number that any of its points stands for; 0 where there is none.
    public var largest: Double {
      points.flatMap { [$0.y, $0.range?.upperBound ?? $0.y] }.filter(\.isFinite).max() ?? 0
    }

    /// A line.
    public init(_ name: String, _ points: [Point], stroke: Stroke = .solid) {
      (self.name, self.points, self.stroke) = (name, points, stroke)
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

  /// A plot of lines.
  public init(_ title: String, x: Axis, y: Axis, series: [Series]) {
    (self.title, self.x, self.y, self.series) = (title, x, y, series)
  }

  /// The plot as a picture.
  public var picture: Picture {
    let legend = Legend(
      series.enumerated().map { place, series in
        (series.name, .line(colour: place, stroke: series.stroke))
      }, top: 36)
    let top = legend.bottom + 28
    let bottom = top + 220
    let frame = Frame(title, x: x, y: y, top: top, bottom: bottom)
    var body = frame.body + legend.body
    for (place, series) in series.enumerated().reversed() {
      body += draw(series, colour: place % Picture.colourCount, in: frame)
    }
    return Picture(title: title, width: Frame.width, height: bottom + 46, body: body)
  }

  private func draw(_ series: Series, colour: Int, in frame: Frame) -> [String] {
    var parts: [String] = []
    let banded = series.points.compactMap { point in
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
    let points = series.points.compactMap { point in
      frame.point(point.x, point.y).map { (place: $0, point: point) }
    }
    if points.count > 1 {
      parts.append(
        "<polyline class=\"line \(series.stroke.rawValue) line-\(colour)\" points=\"\(Self.list(points.map(\.place)))\"/>"
      )
    }
    for (place, point) in points {
      let tip = "\(series.name): \(Markup.number(point.y)) at \(Markup.number(point.x))"
      parts.append(
        "<circle class=\"fill-\(colour)\" cx=\"\(Markup.coordinate(place.x))\" cy=\"\(Markup.coordinate(place.y))\" r=\"3.5\"><title>\(Markup.escaped(tip))</title></circle>"
      )
    }
    return parts
  }

  private static func list(_ points: [(x: Double, y: Double)]) -> String {
    points.map { "\(Markup.coordinate($0.x)),\(Markup.coordinate($0.y))" }.joined(separator: " ")
  }
}
