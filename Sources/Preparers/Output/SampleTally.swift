/// What was counted of the samples of one class in one part.
public struct SampleTally: Equatable, Sendable {
  /// How many are listed.
  public internal(set) var listed = 0
  /// How many have all media.
  public internal(set) var complete = 0
  /// How many lack a medium, by medium.
  public internal(set) var missing: [Medium: Int] = [:]
  /// Of how many a medium is broken, by medium.
  public internal(set) var broken: [Medium: Int] = [:]
  /// How many are in the manifest of a medium.
  public internal(set) var written: [Medium: Int] = [:]
  /// How often one was listed again.
  public internal(set) var duplicates = 0
}
