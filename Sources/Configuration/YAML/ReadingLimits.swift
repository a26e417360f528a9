/// How much a configuration may hold, so that a wrong file is refused and does not keep a run busy.
struct ReadingLimits {
  let byteCount: Int
  let valueCount: Int
  /// The marks between values that a text may have: more than its values, since some stand in texts
  /// and remarks.
  var markCount: Int { valueCount + valueCount / 4 }
  /// The bytes that its aliases may make of it.
  let followedByteCount: Double

  /// What people write: ten thousand classes with long names fit, and a thousand times the values
  /// that 64 modalities need.
  static let written = ReadingLimits(
    byteCount: 1 << 20, valueCount: 200_000, followedByteCount: 1e7)

  /// What the program makes of that: aliases followed, defaults written out, names in quotes and
  /// odd characters as escapes, which take up to ten bytes in place of three.
  static let resolved = ReadingLimits(
    byteCount: 1 << 26, valueCount: 400_000, followedByteCount: 1e8)

  /// The first line of a resolved configuration.
  static let resolvedMark = "# A resolved configuration of Antiphon: every value is written out."
}

extension ReadingLimits {
  /// The limits of a text that begins with these bytes.
  init(for text: some Collection<UInt8>) {
    self = text.starts(with: Self.resolvedMark.utf8) ? .resolved : .written
  }
}
