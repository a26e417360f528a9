import Glibc
import Tensors

/// Numbers as people read them.
public enum Numerals {
  /// A share in per cent, with two decimals: `96.05`.
  public static func percent(_ share: Double) -> String { decimals(share * 100, 2) }

  /// A number with so many decimals; a huge one, such as a loss that diverges, as `1.5e+38`.
  public static func decimals(_ value: Double, _ count: Int) -> String {
    guard value.isFinite else { return "-" }
    let scale = pow(10, Double(count))
    guard let scaled = Int(exactly: (abs(value) * scale).rounded()) else { return "\(value)" }
    let digits = String(scaled)
    let padded = String(repeating: "0", count: max(0, count + 1 - digits.count)) + digits
    let sign = value < 0 && scaled != 0 ? "-" : ""
    guard count > 0 else { return sign + padded }
    return sign + padded.dropLast(count) + "." + padded.suffix(count)
  }

  /// So many of something: `1 epoch`, `20 epochs`.
  public static func counted(_ count: Int, _ singular: String, _ plural: String) -> String {
    "\(count) \(count == 1 ? singular : plural)"
  }

  /// Ranks that follow each other: `2`, `2-3`.
  static func ranks(_ ranks: Range<Int>) -> String {
    ranks.count == 1 ? "\(ranks.lowerBound)" : "\(ranks.lowerBound)-\(ranks.upperBound - 1)"
  }

  /// A whole number with thousands set apart: `12,345`.
  public static func grouped(_ value: Int) -> String {
    var digits = String(value.magnitude)
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(digits.suffix(3), at: 0)
      digits.removeLast(3)
    }
    return (value < 0 ? "-" : "") + ([digits[...]] + groups).joined(separator: ",")
  }

  /// A duration: `42 s`, `3:07`, `2:15:00`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds >= 0, seconds < 1e12 else { return "-" }
    let whole = Int(seconds.rounded())
    guard whole >= 60 else { return whole < 10 ? "\(decimals(seconds, 1)) s" : "\(whole) s" }
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    return hours > 0
      ? "\(hours):\(two(minutes)):\(two(whole % 60))" : "\(minutes):\(two(whole % 60))"
  }

  /// A number of bytes: `48.3 MiB`.
  public static func bytes(_ count: Int) -> String { MachineMemory.text(count) }
}
