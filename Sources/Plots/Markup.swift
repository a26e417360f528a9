/// Text and numbers as XML and HTML have them.
public enum Markup {
  /// A text that stands for itself, in elements and in attributes: what a name holds is never markup.
  /// Characters that XML does not know become a question mark in a diamond.
  public static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\u{9}", "\u{A}", "\u{D}": escaped.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// A coordinate with at most one decimal. What is no number has no place: callers leave it out.
  static func coordinate(_ value: Double) -> String {
    precondition(value.isFinite, "a coordinate must be finite")
    return fixed(value, 1)
  }

  /// A number as axes have it: no more decimals than it needs, and some three digits at most; a very small one
  /// with a power of ten.
  public static func number(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    if value != 0, abs(value) < 0.001 { return small(value) }
    let decimals = [(100, 1), (0.1, 3), (0.01, 4)].first { abs(value) >= $0.0 }?.1
    var text = fixed(value, value == 0 ? 0 : decimals ?? 5)
    guard text.contains(".") else { return text }
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  /// A small number with three digits: `1.25e-4`.
  private static func small(_ value: Double) -> String {
    var (digits, exponent) = (value, 0)
    while abs(digits) < 0.9995 {
      digits *= 10
      exponent += 1
      guard exponent < 400 else { return "0" }
    }
    return exponent == 0 ? number(digits) : "\(number((digits * 100).rounded() / 100))e-\(exponent)"
  }

  /// A finite number with so many decimals.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    guard let scaled = Int(exactly: (abs(value) * scale).rounded()) else { return "\(value)" }
    let digits = String(scaled)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let sign = value < 0 && scaled != 0 ? "-" : ""
    guard decimals > 0 else { return sign + padded }
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }
}
