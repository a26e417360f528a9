/// How far another rank's clock is from this one's, at a moment.
public struct ClockOffset: Sendable, Equatable {
  /// The moment, by the other clock, nanoseconds.
  public let moment: Int64
  /// What the other clock shows more than this one, nanoseconds.
  public let nanoseconds: Int64
  /// How wrong that may be, nanoseconds: half of the round trip that it follows from.
  public let error: Int64

  /// An offset with all its facts.
  public init(moment: Int64, nanoseconds: Int64, error: Int64) {
    (self.moment, self.nanoseconds, self.error) = (moment, nanoseconds, error)
  }

  /// The offset that the shortest of some round trips tells.
  ///
  /// - Parameter trips: when a message left, what the other clock showed, and when its answer came. The other
  ///   looked at its clock somewhere between: in the middle, as far as anybody knows.
  init?(roundTrips trips: [(left: Int64, other: Int64, came: Int64)]) {
    guard let best = trips.min(by: { $0.came - $0.left < $1.came - $1.left }) else { return nil }
    let half = (best.came - best.left) / 2
    self.init(moment: best.other, nanoseconds: best.other - (best.left + half), error: half)
  }
}

/// Turns another rank's times into this rank's: by two offsets, and a straight line between them, because
/// clocks of different machines do not run at the same speed.
public struct ClockAlignment: Sendable, Equatable {
  /// The offset before and after what is to be aligned.
  public let first: ClockOffset
  /// See `first`.
  public let last: ClockOffset

  /// An alignment by two offsets.
  public init(first: ClockOffset, last: ClockOffset) { (self.first, self.last) = (first, last) }

  /// The clock of this machine itself.
  public static let same = ClockAlignment(
    first: ClockOffset(moment: 0, nanoseconds: 0, error: 0),
    last: ClockOffset(moment: 0, nanoseconds: 0, error: 0))

  /// How many nanoseconds the other clock gains in a million.
  public var drift: Double {
    guard last.moment > first.moment else { return 0 }
    return Double(last.nanoseconds - first.nanoseconds) / Double(last.moment - first.moment) * 1e6
  }

  /// How wrong an aligned time may be, nanoseconds.
  public var error: Int64 { max(first.error, last.error) }

  /// The time of this rank's clock at which the other showed `time`.
  public func own(_ time: UInt64) -> Int64 {
    let time = Int64(clamping: time)
    let gained = drift * Double(time - first.moment) / 1e6
    return time - first.nanoseconds - Int64(gained.rounded())
  }
}
