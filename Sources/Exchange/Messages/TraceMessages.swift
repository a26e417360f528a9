import Tensors

/// What a rank's monotonic clock shows.
struct ClockReading: Message {
  static let kind = MessageKind.clock

  /// Nanoseconds; of no meaning in a question.
  var nanoseconds: UInt64 = 0

  mutating func layout(_ fields: Fields) throws { try fields.field(&nanoseconds) }
}

/// What a rank has recorded.
public struct RankTrace: Message, Sendable, Equatable {
  /// The kind with this layout.
  public static let kind = MessageKind.trace

  /// The host that the rank is on.
  public var host: String
  /// What it did there.
  public var contents: TraceContents

  /// What a rank on a host has recorded.
  public init(host: String = "", contents: TraceContents = TraceContents()) {
    (self.host, self.contents) = (host, contents)
  }

  /// Host, names, spans, and the number of those that are no longer there.
  public mutating func layout(_ fields: Fields) throws {
    try fields.field(&host)
    try fields.field(&contents.names)
    try fields.field(&contents.spans)
    try fields.field(&contents.droppedCount)
    try fields.require(
      contents.droppedCount >= 0
        && contents.spans.allSatisfy {
          $0.name < contents.names.count && $0.begin <= $0.end && $0.end < 1 << 62
        })
  }
}
