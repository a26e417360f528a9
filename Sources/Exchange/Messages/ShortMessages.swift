/// A worker's encoder stands.
public struct Ready: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.ready

  /// The number of floats that training moves on its rank.
  public var parameterCount: Int
  /// What is to be said of how it shares memory with others; empty: nothing.
  public var notice: String

  /// A worker that moves so many floats.
  public init(parameterCount: Int = 0, notice: String = "") {
    (self.parameterCount, self.notice) = (parameterCount, notice)
  }

  /// The number, then what is to be said.
  public mutating func layout(_ fields: Fields) throws {
    try fields.field(&parameterCount)
    try fields.require(parameterCount >= 0)
    try fields.field(&notice)
  }
}

/// Why a rank cannot go on.
public struct Refusal: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.refusal

  /// One sentence.
  public var reason: String
  /// What messages call the rank that cannot go on; empty: it is the sender.
  public var by: String

  /// A refusal for a reason, of another rank than the sender where `by` names one.
  public init(_ reason: String = "", by: String = "") { (self.reason, self.by) = (reason, by) }

  /// The reason, and who has it.
  public mutating func layout(_ fields: Fields) throws {
    try fields.field(&reason)
    try fields.field(&by)
  }
}

/// Which host a rank is on.
public struct Greeting: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.greeting

  /// The host's name.
  public var host: String

  /// A greeting from a host.
  public init(host: String = "") { self.host = host }

  /// The name.
  public mutating func layout(_ fields: Fields) throws { try fields.field(&host) }
}

/// Some bytes on their way, and back.
struct Probe: Message {
  static let kind = MessageKind.probe

  var bytes: [UInt8]

  mutating func layout(_ fields: Fields) throws { try fields.field(&bytes) }
}
