/// What `./launch profile` measures: the file that plans are made from. Everything is in SI units.
public struct Profile: Codable, Sendable, Equatable, VersionedFile {
  /// The layout of such files that this build writes and reads.
  public static let currentVersion = 1
  /// What it is called in messages.
  public static let subject = "profile"

  /// The coordinator's part of a turn.
  public struct Head: Codable, Sendable, Equatable {
    /// Classes.
    public var classes: Int
    /// Features.
    public var features: Int
    /// What of the head's gradient a worker sends: `gradient` or `factors`.
    public var update: String
    /// Projection and step: what the next turn waits for. P is dense.
    public var apply: Measurement
    /// The absorption of a mean feature into one P; of factors, what goes on ahead of a turn too.
    public var settle: Measurement

    /// What was measured of a head.
    public init(
      classes: Int, features: Int, update: String = "gradient", apply: Measurement,
      settle: Measurement
    ) {
      (self.classes, self.features, self.update) = (classes, features, update)
      (self.apply, self.settle) = (apply, settle)
    }
  }

  /// The layout.
  public var version = currentVersion
  /// Where and when.
  public var machine: MachineFacts
  /// The head.
  public var head: Head
  /// The modalities.
  public var modalities: [ModalityProfile]
  /// Bytes a second that so many cores read and write together.
  public var bandwidth: Curve
  /// Bytes of one rank's gradients a second that so many ranks sum and step together.
  public var summing: Curve

  /// All that was measured.
  public init(
    machine: MachineFacts, head: Head, modalities: [ModalityProfile], bandwidth: Curve,
    summing: Curve
  ) {
    (self.machine, self.head, self.modalities) = (machine, head, modalities)
    (self.bandwidth, self.summing) = (bandwidth, summing)
  }
}
