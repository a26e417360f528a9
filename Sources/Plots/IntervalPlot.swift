/// Points from top to bottom, each with the range that it stands for.
public struct IntervalPlot: Sendable {
  /// One point.
  public struct Row: Sendable {
    /// What it is called.
    public var name: String
    /// Where it is; what is no number has no place.
    public var value: Double
    /// The range that it stands for; nil: itself.
    public var range: ClosedRange<Double>?

    /// A point.
    public init(_ name: String, _ value: Double, range: ClosedRange<Double>? = nil) {
      (self.name, self.value, self.range) = (name, value, range)
    }
  }

  /// What the plot shows.
  public var title: String
  /// What is measured, with its unit.
  public var measure: String
  /// The points, from the top.
  public var rows: [Row]
  /// A number with a line through it, such as no difference; nil: there is none.
  public var mark: Double?

  /// A plot of points with ranges.
  public init(_ title: String, measure: String, rows: [Row], mark: Double? = nil) {
    (self.title, self.measure, self.rows, self.mark) = (title, measure, rows, mark)
  }

  /// The plot as a picture.
  public var picture: Picture {
    let (left, right, height, top) = (190.0, 466.0, 20.0, 34.0)
    let bottom = top + height * Double(rows.count)
    let ends =
      rows.flatMap { row in
        [row.value, row.range?.lowerBound ?? row.value, row.range?.upperBound ?? row.value]
      }.filter(\.isFinite) + [mark].compactMap { $0 }
    let axis = Axis(measure, from: ends.min() ?? 0, to: ends.max() ?? 1)
    var body = [text(title, x: 8, y: 20, "heading")]
    func place(_ value: Double) -> Double {
      left + (axis.place(of: value) ?? 0) * (right - left)
    }
    for tick in axis.ticks {
      body.append(line(place(tick), top, place(tick), bottom + 4, "grid"))
      body.append(text(Markup.number(tick), x: place(tick), y: bottom + 18, "middle soft"))
    }
    if let mark { body.append(line(place(mark), top, place(mark), bottom, "axis")) }
    for (place, row) in rows.enumerated() {
      let y = top + height * (Double(place) + 0.5)
      body.append(text(shortened(row.name, to: 30), x: left - 8, y: y + 4, "end"))
      body += drawn(row, y, axis, left...right)
    }
    body.append(text(measure, x: (left + right) / 2, y: bottom + 36, "middle"))
    return Picture(title: title, width: Frame.width, height: bottom + 46, body: body)
  }

  private func drawn(
    _ row: Row, _ y: Double, _ axis: Axis, _ width: ClosedRange<Double>
  ) -> [String] {
    func across(_ value: Double) -> Double? {
      axis.place(of: value).map {
        width.lowerBound + $0 * (width.upperBound - width.lowerBound)
      }
    }
    guard let x = across(row.value) else { return [] }
    var parts: [String] = []
    if let range = row.range, let low = across(range.lowerBound),
      let high = across(range.upperBound)
    {
      parts.append(line(low, y, high, y, "line line-0"))
    }
    let tip = "\(row.name): \(Markup.number(row.value))"
    parts.append(
      "<circle class=\"fill-0\" cx=\"\(Markup.coordinate(x))\" cy=\"\(Markup.coordinate(y))\" r=\"4\"><title>\(Markup.escaped(tip))</title></circle>"
    )
    return parts
  }
}
