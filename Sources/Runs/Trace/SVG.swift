/// Elements of an SVG document, a line each. What a thing looks like says its class.
enum SVG {
  /// A box.
  static func rect(
    _ style: String, x: Double, y: Double, width: Double, height: Double, _ more: String = ""
  ) -> String {
    element(
      "rect", style,
      "x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" height=\"\(number(height))\"\(more)"
    )
  }

  /// A line, by what an SVG path is told.
  static func path(_ style: String, _ steps: String, _ more: String = "") -> String {
    element("path", style, "d=\"\(steps)\"\(more)")
  }

  /// A text, cut where it would be wider than `room`.
  static func text(
    _ style: String, _ words: String, x: Double, y: Double, room: Double = .infinity,
    _ more: String = ""
  ) -> String {
    "  <text class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(y))\"\(more)>\(escaped(words, room: room))</text>\n"
  }

  /// A number, to a tenth.
  static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(Double(tenths) / 10)"
  }

  private static func element(_ name: String, _ style: String, _ attributes: String) -> String {
    "  <\(name) class=\"\(style)\" \(attributes)/>\n"
  }

  /// How wide a text is, more or less.
  static func width(_ words: String) -> Double { Double(words.count) * 6.8 }

  private static func escaped(_ text: String, room: Double) -> String {
    let most = width(text) > room ? Int(room / width("m")) - 1 : text.count
    let cut = text.count > most ? text.prefix(max(0, most)) + "…" : text[...]
    return cut.unicodeScalars.map { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      // Not even an escape of these is allowed.
      case _ where scalar.value < 32 || 0xFFFE...0xFFFF ~= scalar.value: "?"
      default: "\(scalar)"
      }
    }.joined()
  }
}
