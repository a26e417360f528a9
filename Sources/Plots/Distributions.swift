/// How often a number had which value, a row for each of several things, with its middle.
public struct Distributions: Sendable {
  /// One thing.
  public struct Row: Sendable {
    /// What it is called.
    public var name: String
    /// Its colour.
    public var colour: Colour
    /// How often it was in each of the parts of equal width that the range has.
    public var counts: [Double]
    /// The value that half of them are below; nil: there are none.
    public var median: Double?

    /// The numbers of one thing.
    public init(_ name: String, colour: Colour, counts: [Double], median: Double?) {
      (self.name, self.colour, self.counts, self.median) = (name, colour, counts, median)
    }
  }

  /// What the plot shows.
  public var title: String
  /// What is measured, with its unit.
  public var measure: String
  /// The values that the counts are spread over.
  public var range: ClosedRange<Double>
  /// The rows, from the top.
  public var rows: [Row]

  /// A plot of rows.
  public init(_ title: String, measure: String, range: ClosedRange<Double>, rows: [Row]) {
    (self.title, self.measure, self.range, self.rows) = (title, measure, range, rows)
  }

  /// The plot as a picture.
  public var picture: Picture {
    let (left, right, height, top) = (124.0, 460.0, 46.0, 40.0)
    let bottom = top + height * Double(rows.count)
    let axis = Axis(measure, from: range.lowerBound, to: range.upperBound)
    func place(_ value: Double) -> Double {
      left + min(1, max(0, axis.place(of: value) ?? 0)) * (right - left)
    }
    var body = [text(title, x: 8, y: 20, "heading")]
    for tick in axis.ticks {
      body.append(line(place(tick), top, place(tick), bottom + 4, "grid"))
      body.append(text(Markup.number(tick), x: place(tick), y: bottom + 18, "middle soft"))
    }
    for (number, row) in rows.enumerated() {
      let ground = top + height * Double(number + 1)
      body.append(text(shortened(row.name, to: 15), x: left - 8, y: ground - 8, "end"))
      body += drawn(row, ground: ground, height: height - 8, place)
      body.append(line(left, ground, right, ground, "axis"))
    }
    body.append(text(measure, x: (left + right) / 2, y: bottom + 36, "middle"))
    return Picture(title: title, width: Frame.width, height: bottom + 46, body: body)
  }

  private func drawn(
    _ row: Row, ground: Double, height: Double, _ place: (Double) -> Double
  ) -> [String] {
    let most = row.counts.filter(\.isFinite).max() ?? 0
    guard most > 0 else { return [] }
    let width = (range.upperBound - range.lowerBound) / Double(row.counts.count)
    var points = ["\(Markup.coordinate(place(range.lowerBound))),\(Markup.coordinate(ground))"]
    for (bin, count) in row.counts.enumerated() {
      let y = ground - height * (count.isFinite ? max(0, count) / most : 0)
      for edge in [bin, bin + 1] {
        let x = place(range.lowerBound + width * Double(edge))
        points.append("\(Markup.coordinate(x)),\(Markup.coordinate(y))")
      }
    }
    points.append("\(Markup.coordinate(place(range.upperBound))),\(Markup.coordinate(ground))")
    let median = row.median.map { ", median \(Markup.number($0))" } ?? ""
    var parts = [
      "<polygon class=\"fill-\(row.colour.name)\" opacity=\"0.75\" points=\"\(points.joined(separator: " "))\"><title>\(Markup.escaped(row.name + median))</title></polygon>"
    ]
    if let median = row.median, median.isFinite {
      parts.append(
        line(place(median), ground - height, place(median), ground + 4, "line line-ink"))
    }
    return parts
  }
}
