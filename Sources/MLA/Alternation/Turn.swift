/// One turn: one modality's mini-batch moves the shared head.
public struct Turn: Sendable, Equatable {
  /// The number of the turn in the whole run, from 0; turns without samples are counted too.
  public var index: Int
  /// The epoch, from 0.
  public var epoch: Int
  /// The cycle in the whole run, from 0: one mini-batch served to every modality.
  public var cycle: Int
  /// The cycle within its epoch, from 0.
  public var cycleInEpoch: Int
  /// The number of cycles in every epoch.
  public var cyclesPerEpoch: Int
  /// The modality served.
  public var modality: Int
}
