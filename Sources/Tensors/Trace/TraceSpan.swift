/// A span of time in which a rank did one thing, as it is recorded and as it crosses between ranks: 56 bytes.
public struct TraceSpan: BitwiseCopyable, Sendable, Equatable {
  /// When it began: nanoseconds of the host's monotonic clock.
  public var begin: UInt64
  /// When it ended, by the same clock.
  public var end: UInt64
  /// The place of its name among `TraceContents.names`; while it is recorded, the address of the name.
  public internal(set) var name: UInt64
  var nameByteCount: UInt32
  /// Which of the runs of a job it belongs to, from 1; 0: none.
  public internal(set) var run: UInt32
  /// The turn that it belongs to; -1: none.
  public internal(set) var turn: Int32
  /// The cycle that it belongs to, counted through all epochs; -1: none.
  public internal(set) var cycle: Int32
  /// The message that leaves at its beginning, or has come by then.
  public internal(set) var message: TracedMessage
  /// What the rank does this beside.
  public internal(set) var track: TraceTrack
}

/// A message that an arrow of the picture stands for.
public struct TracedMessage: BitwiseCopyable, Sendable, Hashable {
  /// The number of the message.
  public let number: Int32
  /// The rank that it goes to or comes from.
  public let peer: Int32
  /// What stands for its kind; 0: there is no message.
  public let code: UInt16
  /// Whether it comes; else it leaves.
  public let arrives: Bool

  /// None.
  public static let none = TracedMessage(code: 0, number: 0, peer: 0, arrives: false)

  /// A message of a kind.
  public init(code: UInt32, number: Int, peer: Int, arrives: Bool) {
    self.number = Int32(clamping: number)
    self.peer = Int32(clamping: peer)
    self.code = UInt16(clamping: code)
    self.arrives = arrives
  }
}

/// What a rank does at a time beside other things: a line in the picture.
public struct TraceTrack: RawRepresentable, BitwiseCopyable, Sendable, Hashable {
  /// The line's number: 0 is the rank's own work.
  public let rawValue: UInt32

  /// The line of a number.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// What the rank itself does.
  public static let role = TraceTrack(rawValue: 0)
  /// What is written to a disk meanwhile.
  public static let writer = TraceTrack(rawValue: 1)
  /// What is summed or sent meanwhile with others of a replica group.
  public static let exchange = TraceTrack(rawValue: 2)

  private static let firstLoader: UInt32 = 16

  /// A thread that makes samples, from 0.
  public static func loader(_ number: Int) -> TraceTrack {
    TraceTrack(rawValue: firstLoader + UInt32(clamping: number))
  }

  /// The line in words; that of the rank itself is `role`.
  public func named(role: String) -> String {
    switch self {
    case .role: role
    case .writer: "writer"
    case .exchange: "exchange"
    default: rawValue < Self.firstLoader ? "\(rawValue)" : "loader \(rawValue - Self.firstLoader)"
    }
  }
}

/// All that was recorded of a rank.
public struct TraceContents: Sendable, Equatable {
  /// The names of its spans.
  public var names: [String]
  /// Its spans, in the order of their ends.
  public var spans: [TraceSpan]
  /// The number of spans that were older, and are no longer there.
  public var droppedCount: Int

  /// Contents with all their facts.
  public init(names: [String] = [], spans: [TraceSpan] = [], droppedCount: Int = 0) {
    (self.names, self.spans, self.droppedCount) = (names, spans, droppedCount)
  }
}
