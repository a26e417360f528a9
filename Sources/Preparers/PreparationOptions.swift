/// What people can choose about any set.
public struct PreparationOptions: Sendable, Equatable {
  /// The media that are wanted; nil: all of the set.
  public var media: [Medium]?
  /// How the set is split; nil: as usual for it.
  public var rule: SplitRule?
  /// Whether samples that lack a medium are left out, as the authors of MLA do.
  public var isComplete = false

  /// The usual choices.
  public init() {}
}
