/// An option of a method that does not fit the number of modalities.
public struct OptionMisfit: Sendable, Equatable {
  /// The option's key.
  public let key: String
  /// What it is.
  public let found: String
  /// What it should be, and why.
  public let expected: String

  /// A misfit of the option `key`.
  public init(_ key: String, found: String, expected: String) {
    (self.key, self.found, self.expected) = (key, found, expected)
  }

  /// What is wrong with the place of a modality that acts upon the others; nil: nothing.
  static func ofLead(_ key: String, _ place: Int, modalityCount: Int) -> OptionMisfit? {
    guard modalityCount > 1 else {
      return OptionMisfit(
        key, found: "one modality",
        expected: "two or more, because it says what becomes of the features of the others")
    }
    guard place >= modalityCount else { return nil }
    return OptionMisfit(
      key, found: "\(place)",
      expected:
        "the place of one of the \(modalityCount) modalities, from 0 to \(modalityCount - 1)")
  }
}
