/// A line of a terminal: texts, each with a colour or without.
struct ScreenLine {
  /// A text with its colour, a number of the 256 that terminals have; nil: that of all text.
  var parts: [(text: String, colour: Int?)]

  init(_ text: String, colour: Int? = nil) { parts = [(text, colour)] }

  init(parts: [(text: String, colour: Int?)]) { self.parts = parts }

  /// The line as a terminal takes it.
  ///
  /// - Parameters:
  ///   - width: the columns that it may have.
  ///   - hasColour: whether it may have colours.
  func text(width: Int, hasColour: Bool) -> String {
    var (shown, left) = ("", width)
    for (text, colour) in parts where left > 0 {
      let cut = text.count > left ? String(text.prefix(max(0, left - 1))) + "…" : text
      left -= cut.count
      shown += colour.flatMap { hasColour ? "\u{1B}[38;5;\($0)m\(cut)\u{1B}[0m" : nil } ?? cut
    }
    return shown
  }

  /// The colours of the modalities, by their places: those of the pages, as near as terminals have them.
  static func colour(of place: Int) -> Int { [33, 214, 36, 170, 117, 179, 146, 173][place % 8] }
}
