/// Numbers with units, as people write them on a command line.
public enum Quantity {
  private static let scales: [Character: Double] = ["k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12]
  private static let times: [(String, Double)] = [
    ("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1),
  ]

  /// What is expected of a bandwidth.
  public static let bandwidthForm =
    "bits a second as a number with k, M, G or T, such as 25G or 100M"
  /// What is expected of a time.
  public static let timeForm = "a number with ns, us, ms or s, such as 2us or 0.5ms"

  /// Bytes a second from bits a second: `25G`, `25Gbit/s`, `1.5M`; nil: it is none.
  public static func bandwidth(_ text: String) -> Double? {
    var word = text[...]
    for ending in ["bit/s", "bps"] where word.hasSuffix(ending) {
      word = word.dropLast(ending.count)
      break
    }
    guard let letter = word.last, let scale = scales[letter],
      let number = positive(word.dropLast())
    else { return nil }
    return number * scale / 8
  }

  /// Seconds: `2us`, `0.5ms`, `1s`; nil: it is none.
  public static func seconds(_ text: String) -> Double? {
    for (unit, scale) in times where text.hasSuffix(unit) {
      return number(text.dropLast(unit.count)).map { $0 * scale }
    }
    return nil
  }

  private static func positive(_ word: Substring) -> Double? {
    number(word).flatMap { $0 > 0 ? $0 : nil }
  }

  /// Digits with at most one point, as Swift's own numbers have more forms than people mean.
  private static func number(_ word: Substring) -> Double? {
    guard !word.isEmpty, word.first != ".", word.last != ".",
      word.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
      let value = Double(word), value.isFinite
    else { return nil }
    return value
  }
}
