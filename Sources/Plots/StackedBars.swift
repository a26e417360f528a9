/// Bars from left to right, each of the same parts one after the other.
public struct StackedBars: Sendable {
  /// One bar.
  public struct Bar: Sendable {
    /// What it is called.
    public var name: String
    /// The length of each part; what is no number, or negative, has none.
    public var values: [Double]

    /// A bar with a value for each part.
    public init(_ name: String, _ values: [Double]) { (self.name, self.values) = (name, values) }
  }

  /// What the plot shows.
  public var title: String
  /// What lengths mean, with their unit.
  public var measure: String
  /// The names of the parts.
  public var parts: [String]
  /// The bars, from the top.
  public var bars: [Bar]
  /// Whether parts are shades of the text's colour, where colours mean something else on the page.
  public var isShaded: Bool

  /// A plot of bars with one value a part.
  public init(
    _ title: String, measure: String, parts: [String], bars: [Bar], isShaded: Bool = false
  ) {
    precondition(bars.allSatisfy { $0.values.count == parts.count })
    (self.title, self.measure, self.parts, self.bars) = (title, measure, parts, bars)
    self.isShaded = isShaded
  }

  /// The plot as a picture.
  public var picture: Picture {
    let legend = Legend(
      parts.enumerated().map { ($1, .box(style: style(of: $0))) }, top: 38)
    let (left, right, height) = (124.0, 466.0, 16.0)
    let top = legend.bottom + 18
    let bottom = top + height * Double(bars.count)
    let lengths = bars.map { $0.values.map(Self.length).reduce(0, +) }
    let axis = Axis(measure, to: lengths.max() ?? 1)
    var body = [text(title, x: 8, y: 20, "heading")] + legend.body
    func place(_ value: Double) -> Double {
      left + (axis.place(of: value) ?? 0) * (right - left)
    }
    for tick in axis.ticks {
      body.append(line(place(tick), top, place(tick), bottom + 4, "grid"))
      body.append(text(Markup.number(tick), x: place(tick), y: bottom + 18, "middle soft"))
    }
    for (row, bar) in bars.enumerated() {
      let y = top + height * Double(row)
      body.append(text(shortened(bar.name, to: 15), x: left - 6, y: y + 12, "end"))
      var sum = 0.0
      for (part, value) in bar.values.map(Self.length).enumerated() where value > 0 {
        let start = place(sum)
        sum += value
        body.append(
          rectangle(
            x: start, y: y + 2, width: place(sum) - start, height: height - 4,
            "bar \(style(of: part))",
            tip: "\(bar.name), \(parts[part]): \(Markup.number(value))"))
      }
    }
    body.append(text(measure, x: (left + right) / 2, y: bottom + 36, "middle"))
    return Picture(title: title, width: Frame.width, height: bottom + 46, body: body)
  }

  private func style(of part: Int) -> String {
    isShaded
      ? "shade shade-\(part % Picture.shadeCount)" : "fill-\(Colour.series(part).name)"
  }

  private static func length(_ value: Double) -> Double { value.isFinite ? max(0, value) : 0 }
}
