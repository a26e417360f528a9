/// Curves as dots of Braille, two across and four down in a character.
struct TextCurves {
  /// One curve.
  struct Curve {
    var name: String
    var points: [(x: Double, y: Double)]
    var colour: Int?
  }

  private let width: Int
  private let height: Int
  private var dots: [UInt8]
  private var colours: [Int?]
  /// Where curves end, for their names.
  private var ends: [(down: Int, name: String, colour: Int?)] = []
  private let x: ClosedRange<Double>
  private let y: ClosedRange<Double>

  /// Curves within `width` by `height` characters.
  init(_ curves: [Curve], width: Int, height: Int, x: ClosedRange<Double>, y: ClosedRange<Double>) {
    (self.width, self.height) = (max(2, width), max(2, height))
    (self.x, self.y) = (x, y)
    dots = Array(repeating: 0, count: self.width * self.height)
    colours = Array(repeating: nil, count: dots.count)
    for curve in curves { draw(curve) }
  }

  private mutating func draw(_ curve: Curve) {
    let points = curve.points.filter { $0.x.isFinite && $0.y.isFinite }.map { place($0.x, $0.y) }
    guard let first = points.first, let last = points.last else { return }
    var from = first
    for to in points {
      let steps = max(1, abs(to.across - from.across), abs(to.down - from.down))
      for step in 0...steps {
        let across = from.across + (to.across - from.across) * step / steps
        let down = from.down + (to.down - from.down) * step / steps
        dot(across, down, curve.colour)
      }
      from = to
    }
    ends.append((last.down, curve.name, curve.colour))
  }

  /// The name of each line: at the end of its curve or as near as the others let it, in the order of the curves.
  private var names: [Int: (name: String, colour: Int?)] {
    var (names, next) = ([Int: (name: String, colour: Int?)](), 0)
    let sorted = ends.enumerated().sorted {
      ($0.element.down, $0.offset) < ($1.element.down, $1.offset)
    }
    for (place, end) in sorted.map(\.element).enumerated() where next < height {
      let row = max(next, min(end.down / 4, height - (ends.count - place)))
      names[row] = (end.name, end.colour)
      next = row + 1
    }
    return names
  }

  private func place(_ x: Double, _ y: Double) -> (across: Int, down: Int) {
    func part(_ value: Double, _ range: ClosedRange<Double>) -> Double {
      let length = range.upperBound - range.lowerBound
      return length > 0 ? min(1, max(0, (value - range.lowerBound) / length)) : 0
    }
    return (
      Int((part(x, self.x) * Double(2 * width - 1)).rounded()),
      Int(((1 - part(y, self.y)) * Double(4 * height - 1)).rounded())
    )
  }

  private mutating func dot(_ across: Int, _ down: Int, _ colour: Int?) {
    let cell = down / 4 * width + across / 2
    // The numbers of Unicode for the dots: 1 2 3 7 down the left, 4 5 6 8 down the right.
    let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
    dots[cell] |= bits[across % 2][down % 4]
    colours[cell] = colour
  }

  /// The lines, from the top, with the ends of the upright axis in front and the curves' names behind.
  var lines: [ScreenLine] {
    let (top, bottom) = (Self.number(y.upperBound), Self.number(y.lowerBound))
    let margin = max(top.count, bottom.count)
    let names = names
    return (0..<height).map { row in
      let label = row == 0 ? top : row == height - 1 ? bottom : ""
      let padded = String(repeating: " ", count: margin - label.count) + label
      var parts: [(text: String, colour: Int?)] = [(padded + " ", nil)]
      for column in 0..<width {
        let cell = row * width + column
        let scalar = Unicode.Scalar(0x2800 + UInt32(dots[cell])) ?? " "
        parts.append((String(Character(scalar)), colours[cell]))
      }
      if let end = names[row] { parts.append((" " + end.name, end.colour)) }
      return ScreenLine(parts: parts)
    }
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9
      ? "\(Int(value))" : "\((value * 1000).rounded() / 1000)"
  }
}
