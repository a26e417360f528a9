/// Pairs of a sample and a modality that are taken away, over all modalities together.
public struct MissingOptions: Sendable, Equatable {
  /// How they are drawn.
  public enum Kind: String, Sendable, CaseIterable {
    /// Each pair by itself, with the rate as its probability; one modality of a sample always stays.
    case random
    /// So many that the rate is met: see `Roster.lacking(exactly:seed:stream:)`.
    case exact
  }

  /// The splits that lose them.
  public enum Splits: String, Sendable, CaseIterable {
    case all, train, test
  }

  /// How they are drawn.
  public var kind = Kind.random
  /// The share of all pairs that is taken away, or its expectation.
  public var rate = 0.0
  /// The splits that lose them. The validation split stands in for test samples.
  public var splits = Splits.all

  /// Nothing is taken away.
  public init() {}
}
