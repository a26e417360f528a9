/// The names of what a plot shows, each beside what it looks like.
struct Legend {
  /// What stands in front of a name.
  enum Key {
    case line(colour: Colour, stroke: LinePlot.Series.Stroke)
    case box(style: String)
  }

  let body: [String]
  /// Where the legend ends.
  let bottom: Double

  /// Entries from the left, in as many lines as they need.
  init(_ entries: [(name: String, key: Key)], top: Double) {
    var body: [String] = []
    var (x, y) = (8.0, top)
    for (name, key) in entries {
      let name = shortened(name, to: 48)
      let keyWidth = if case .line = key { 28.0 } else { 18.0 }
      let width = keyWidth + 6 + 6.6 * Double(name.count)
      if x > 8, x + width > Frame.width { (x, y) = (8, y + 18) }
      switch key {
      case .line(let colour, let stroke):
        body.append(line(x, y, x + 22, y, "line \(stroke.rawValue) line-\(colour.name)"))
      case .box(let style):
        body.append(rectangle(x: x, y: y - 6, width: 12, height: 12, style))
      }
      body.append(text(name, x: x + keyWidth, y: y + 4))
      x += width + 10
    }
    self.body = body
    bottom = entries.isEmpty ? top - 18 : y
  }
}

/// A rectangle, with what is said of it when it is pointed at.
func rectangle(
  x: Double, y: Double, width: Double, height: Double, _ style: String, tip: String? = nil
) -> String {
  let places = zip(["x", "y", "width", "height"], [x, y, max(0, width), max(0, height)])
    .map { "\($0)=\"\(Markup.coordinate($1))\"" }.joined(separator: " ")
  guard let tip else { return "<rect class=\"\(style)\" \(places)/>" }
  return "<rect class=\"\(style)\" \(places)><title>\(Markup.escaped(tip))</title></rect>"
}
