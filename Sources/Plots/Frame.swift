/// The ground of a plot: heading, axes with their numbers, and where a point is.
struct Frame {
  let x: Axis
  let y: Axis
  private(set) var body: [String]

  static let width = 480.0
  private let left = 58.0
  private let right = 466.0
  private let top: Double
  private let bottom: Double

  /// A frame whose data stand between `top` and `bottom`.
  init(_ title: String, x: Axis, y: Axis, top: Double, bottom: Double) {
    (self.x, self.y, self.top, self.bottom) = (x, y, top, bottom)
    body = [text(title, x: 8, y: 20, "heading")]
    for tick in y.ticks {
      guard let place = point(x.range.lowerBound, tick)?.y else { continue }
      body.append(line(left, place, right, place, "grid"))
      body.append(text(Markup.number(tick), x: left - 6, y: place + 4, "end soft"))
    }
    for tick in x.ticks {
      guard let place = point(tick, y.range.lowerBound)?.x else { continue }
      body.append(line(place, bottom, place, bottom + 4, "axis"))
      body.append(text(Markup.number(tick), x: place, y: bottom + 18, "middle soft"))
    }
    body.append(line(left, bottom, right, bottom, "axis"))
    body.append(text(x.title, x: (left + right) / 2, y: bottom + 36, "middle"))
    body.append(text(y.title, x: 8, y: top - 10, "soft"))
  }

  /// Where a point is; nil: it has no place.
  func point(_ x: Double, _ y: Double) -> (x: Double, y: Double)? {
    guard let across = self.x.place(of: x), let up = self.y.place(of: y) else { return nil }
    return (left + across * (right - left), bottom - up * (bottom - top))
  }
}

/// A text; `style` are classes.
func text(_ text: String, x: Double, y: Double, _ style: String = "") -> String {
  "<text class=\"\(style)\" x=\"\(Markup.coordinate(x))\" y=\"\(Markup.coordinate(y))\">\(Markup.escaped(text))</text>"
}

/// A straight line.
func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) -> String {
  let places = zip(["x1", "y1", "x2", "y2"], [x1, y1, x2, y2])
    .map { "\($0)=\"\(Markup.coordinate($1))\"" }.joined(separator: " ")
  return "<line class=\"\(style)\" \(places)/>"
}

/// A text cut to so many characters, with a sign that it was.
func shortened(_ text: String, to count: Int) -> String {
  text.count <= count ? text : text.prefix(count - 1) + "…"
}
