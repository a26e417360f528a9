/// Bars from left to right in groups: one measure of several things, each under several conditions.
public struct GroupedBars: Sendable {
  /// The bars of one thing, in one colour.
  public struct Group: Sendable {
    /// What it is called.
    public var name: String
    /// Its colour.
    public var colour: Colour
    /// The bars, from the top.
    public var bars: [IntervalPlot.Row]

    /// A group of bars.
    public init(_ name: String, colour: Colour, bars: [IntervalPlot.Row]) {
      (self.name, self.colour, self.bars) = (name, colour, bars)
    }
  }

  /// What the plot shows.
  public var title: String
  /// What lengths mean, with their unit.
  public var measure: String
  /// The groups, from the top.
  public var groups: [Group]

  /// A plot of groups of bars.
  public init(_ title: String, measure: String, groups: [Group]) {
    (self.title, self.measure, self.groups) = (title, measure, groups)
  }

  /// The plot as a picture.
  public var picture: Picture {
    let (left, right, height, gap) = (150.0, 430.0, 18.0, 26.0)
    let rows = groups.flatMap(\.bars)
    let ends = rows.flatMap { [$0.value, $0.range?.upperBound ?? $0.value] }.filter(\.isFinite)
    let axis = Axis(measure, to: ends.max() ?? 1)
    func place(_ value: Double) -> Double {
      left + (axis.place(of: value) ?? 0) * (right - left)
    }
    let bottom =
      34 + groups.reduce(0) { $0 + gap + height * Double($1.bars.count) }
    var body = [text(title, x: 8, y: 20, "heading")]
    for tick in axis.ticks {
      body.append(line(place(tick), 36, place(tick), bottom + 4, "grid"))
      body.append(text(Markup.number(tick), x: place(tick), y: bottom + 18, "middle soft"))
    }
    var y = 34.0
    for group in groups {
      body.append(text(shortened(group.name, to: 60), x: 8, y: y + 18))
      y += gap
      for (number, row) in group.bars.enumerated() {
        body += drawn(row, number, of: group, y, height, place)
        y += height
      }
    }
    body.append(line(left, 36, left, bottom, "axis"))
    body.append(text(measure, x: (left + right) / 2, y: bottom + 36, "middle"))
    return Picture(title: title, width: Frame.width, height: bottom + 46, body: body)
  }

  private func drawn(
    _ row: IntervalPlot.Row, _ number: Int, of group: Group, _ y: Double, _ height: Double,
    _ place: (Double) -> Double
  ) -> [String] {
    var parts = [
      text(shortened(row.name, to: 22), x: place(0) - 8, y: y + height / 2 + 4, "end soft")
    ]
    guard row.value.isFinite else {
      return parts + [text("-", x: place(0) + 6, y: y + height / 2 + 4, "soft")]
    }
    let tip = "\(group.name), \(row.name): \(Markup.number(row.value))"
    parts.append(
      rectangle(
        x: place(0), y: y + 2, width: place(row.value) - place(0), height: height - 4,
        "fill-\(group.colour.name)", tip: tip))
    var end = place(row.value)
    if let range = row.range, range.lowerBound.isFinite, range.upperBound.isFinite {
      let (low, high) = (place(max(0, range.lowerBound)), place(range.upperBound))
      parts.append(line(low, y + height / 2, high, y + height / 2, "line line-ink"))
      end = max(end, high)
    }
    parts.append(
      text(Markup.number((row.value * 10).rounded() / 10), x: end + 6, y: y + height / 2 + 4))
    return parts
  }
}
