/// A place between two cycles of a run: how much of it is done.
public struct RunPosition: Sendable, Equatable, Comparable {
  /// The epochs that are over.
  public var epoch: Int
  /// The cycles that are over of the epoch that comes then.
  public var cycle: Int

  /// A place after whole epochs, and so many cycles of the next.
  public init(epoch: Int = 0, cycle: Int = 0) {
    (self.epoch, self.cycle) = (epoch, cycle)
  }

  /// Whether one is earlier than the other.
  public static func < (a: Self, b: Self) -> Bool { (a.epoch, a.cycle) < (b.epoch, b.cycle) }
}

extension RunPosition: CustomStringConvertible {
  /// What a run is after: `epoch 12`, or `cycle 34 of epoch 13`.
  public var description: String {
    cycle == 0 ? "epoch \(epoch)" : "cycle \(cycle) of epoch \(epoch + 1)"
  }
}
