import Glibc
import MPI

/// One wait: how it leaves the core to others, and when it ends.
///
/// A message from a rank of the same node rings this rank's bell: the wait sleeps until then, costs
/// next to nothing however long it is, and ends within a few of the system's own 10 us. Over a
/// network nobody rings. Such a wait sleeps as long as a forecast is certain of, and then looks for
/// itself, after pauses that grow with the time it has looked.
///
/// Polling instead would not only waste a core; as soon as there are more ranks than cores it is ten
/// times slower, because the rank that has work must wait for the scheduler to take the core from the
/// one that has none. But a core that sleeps takes some 100 us to wake: so a wait that is nearly over, by
/// all that is known, looks without a pause for a moment, as long as nobody else wants the core.
struct Backoff {
  /// How the end of a wait becomes known.
  enum Sign: Equatable {
    /// The sender rings this rank's bell. Make the wait before the first look, or a ring is missed. A ring
    /// may announce a message that comes after so much time for certain; nil: it announces nothing.
    case bell(ahead: Duration?)
    /// It does not; but the wait lasts this long for certain.
    case none(certain: Duration)
  }

  /// How long a wait of which nothing is known may look without a pause at first.
  static let firstLook = Duration.microseconds(50)
  /// The same once a ring has announced its message.
  private static let announced = Duration.microseconds(200)
  /// What a sleeping core may take to wake, and timers to end.
  private static let waking = Duration.microseconds(150)
  private static let shortest = Duration.microseconds(50)
  private static let longest = Duration.milliseconds(1)
  /// How long a rank listens before it looks again: MPI moves what this rank sends only when asked.
  private static let listening = Duration.milliseconds(5)
  /// The same for a rank that nobody rings; also the most that a wrong forecast costs.
  private static let sleeping = Duration.milliseconds(10)
  /// How long a message may take to be seen once its bell was heard.
  private static let delivery = Duration.milliseconds(1)

  private var patience: Patience
  /// How long this looks without a pause at first.
  private let looks: Duration
  private let sign: Sign
  private let began = ContinuousClock.now
  private var core = FreeCore()
  /// When the first ring was heard.
  private var rungAt: ContinuousClock.Instant?
  /// Since when this looks for a message that may be there any moment.
  private var looksSince: ContinuousClock.Instant?
  private var heard: UInt32
  /// Whether the last pause was one that the forecast was certain of: a message seen after it may
  /// have been there for long.
  private(set) var overslept = false

  /// A wait of at most `limit`, which looks without a pause for so long at first, while a core is free.
  init(
    atMost limit: Duration, looks: Duration = .zero, sign: Sign = .none(certain: .zero)
  ) {
    patience = Patience(limit)
    self.looks = looks
    self.sign = sign
    if case .bell = sign { heard = Bell.ringCount } else { heard = 0 }
  }

  /// How long this has waited.
  var elapsed: Duration { began.duration(to: .now) }
  /// How long the message comes after its ring for certain, where that is worth being awake for.
  private var ahead: Duration? {
    guard case .bell(let ahead?) = sign, ahead < Self.listening else { return nil }
    return ahead
  }
  /// How long ago the first ring was heard; nil: none was.
  var elapsedSinceRing: Duration? { rungAt?.duration(to: .now) }

  /// Pauses; false once the wait has taken too long. Throws if the job was asked to end.
  ///
  /// - Parameter sends: whether something is leaving, which goes on only when MPI is asked.
  mutating func pause(sends: Bool = false) throws -> Bool {
    if Interruption.isRequested { throw ExchangeError.interrupted }
    let now = ContinuousClock.now
    let left = patience.left(now: now)
    guard left > .zero else { return false }
    let elapsed = began.duration(to: now)
    overslept = false
    if let ahead, rungAt == looksSince, rungAt != nil, ahead > Self.waking * 2 {
      // Far ahead of its message, a ring ends no wait.
      Self.sleep(min(ahead - Self.waking, left))
      looksSince = .now
      return true
    }
    let isAnnounced =
      ahead != nil && rungAt != nil
      && looksSince.map { $0.duration(to: now) < Self.announced } ?? false
    if elapsed < looks || isAnnounced, core.isFree(at: now) {
      sched_yield()
      return true
    }
    switch sign {
    case .bell where looksSince.map({ $0.duration(to: now) > Self.delivery }) ?? true:
      listen(atMost: min(Self.listening, left))
      rungAt = rungAt ?? looksSince
    case .none(let certain) where elapsed < certain && !sends:
      Self.sleep(min(certain - elapsed, Self.sleeping, left))
      overslept = true
    default:
      let since = looksSince ?? now
      looksSince = since
      Self.sleep(min(Self.length(after: since.duration(to: now)), left))
    }
    return true
  }

  /// The pause that follows when `elapsed` has been looked for a message.
  static func length(after elapsed: Duration) -> Duration {
    min(max(elapsed / 20, shortest), longest)
  }

  /// Sleeps until the bell rings. The ring may be for another message, or ahead of its own where
  /// ranks of one node have no shared memory for messages: so looking goes on for a while.
  private mutating func listen(atMost duration: Duration) {
    Bell.listen(after: heard, atMost: duration)
    let rings = Bell.ringCount
    looksSince = rings == heard ? nil : .now
    heard = rings
  }

  private static func sleep(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    nanosleep(&time, nil)  // A signal ends it early, and the next pause sees the signal's flag.
  }
}
