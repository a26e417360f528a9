/// How the samples of a set come into parts.
public enum SplitRule: Equatable, Sendable {
  /// As the set's own files say.
  case official
  /// As lists say: those that authors published, or a `splits.csv` of before.
  case lists([String])
  /// Whole groups are drawn for the test part.
  ///
  /// - Parameters:
  ///   - share: the part of the groups that is drawn, above 0 and below 1.
  ///   - seed: of the draw.
  case groups(share: Double, seed: UInt64)
  /// Certain groups are the test part.
  case held([String])
}

/// The samples of an index in parts.
struct Division {
  /// The part of each sample, by id; what is in none has no entry.
  var parts: [String: Part] = [:]
  /// How they came there, for people.
  var sentence: String
  /// Names in lists that the set does not have.
  var unknown: [SetIndex.Oddity] = []
  /// Samples that lists label otherwise than the set.
  var otherLabels: [SetIndex.Oddity] = []
  /// How often lists name a sample again.
  var duplicates: [String: Int] = [:]
}
