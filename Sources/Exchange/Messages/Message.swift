import Tensors

/// What one rank tells another: a kind, and a layout that both of them walk.
public protocol Message {
  /// The kind that has this layout, and no other.
  static var kind: MessageKind { get }
  /// Goes through the fields in their order: to write them, or to read them.
  mutating func layout(_ fields: Fields) throws
}

extension Endpoint {
  /// Starts sending a message; never waits.
  public func send<M: Message>(_ message: M, number: Int = -1, to rank: Int) throws {
    let began = Trace.time
    let frame = frame(M.kind, number: number)
    try message.write(to: frame)
    try send(frame, to: rank)
    Trace.note(
      M.kind.spans.send, since: began, message: M.kind.traced(number, peer: rank, arrives: false))
  }

  /// Waits for a message from `rank`.
  ///
  /// - Parameter message: what its fields are read into: buffers are filled where they are.
  /// - Returns: the message as it came.
  @discardableResult
  public func receive<M: Message>(_ message: M, number: Int = -1, from rank: Int) throws -> M {
    let began = Trace.time
    return try receive(M.kind, number: number, from: rank) { frame in
      let arrived = Trace.note(M.kind.spans.wait, since: began)
      let message = try message.read(from: frame)
      Trace.note(
        M.kind.spans.receive, since: arrived,
        message: M.kind.traced(number, peer: rank, arrives: true))
      return message
    }
  }
}

extension MessageKind {
  /// A message for which a picture has an arrow: one of those that there is one of in a turn or a cycle.
  fileprivate func traced(_ number: Int, peer: Int, arrives: Bool) -> TracedMessage {
    guard number >= 0, count == .turn || count == .cycle else { return .none }
    return TracedMessage(code: code, number: number, peer: peer, arrives: arrives)
  }
}

extension Message {
  /// Appends the fields to `frame`.
  package func write(to frame: Frame) throws {
    var message = self
    try message.layout(Fields(frame, isReading: false))
  }

  /// The message that `frame` holds, all of it: buffers are filled where they are.
  package func read(from frame: Frame) throws -> Self {
    var message = self
    let fields = Fields(frame, isReading: true)
    try message.layout(fields)
    try fields.require(frame.remaining == 0)
    return message
  }
}

/// The fields of a message on their way into a frame, or out of it.
public struct Fields {
  /// Whether fields are read: then each is replaced by what the message has.
  public let isReading: Bool
  private let frame: Frame

  init(_ frame: Frame, isReading: Bool) {
    self.frame = frame
    self.isReading = isReading
  }

  /// A number, or a few of them together.
  public func field<T: BitwiseCopyable>(_ value: inout T) throws {
    if isReading { value = try frame.read() } else { frame.append(value) }
  }

  /// A yes or no.
  public func field(_ flag: inout Bool) throws {
    var number = flag ? 1 : 0
    try field(&number)
    flag = number != 0
  }

  /// A text with its length.
  public func field(_ text: inout String) throws {
    if isReading { text = try frame.readText() } else { frame.append(text) }
  }

  /// An array with its length.
  public func field<T: BitwiseCopyable>(_ values: inout [T]) throws {
    if isReading { values = try frame.readArray() } else { frame.append(values) }
  }

  /// Some texts with their number: one text of all and their lengths, so that a million of them are two
  /// copies, not a million.
  public func field(_ texts: inout [String]) throws {
    guard isReading else {
      frame.append(texts.map { Int32($0.utf8.count) })
      return frame.append(texts.joined())
    }
    let lengths = try frame.readArray(of: Int32.self)
    let bytes = try frame.readArray(of: UInt8.self)
    try require(
      lengths.allSatisfy { $0 >= 0 } && lengths.reduce(0) { $0 + Int($1) } == bytes.count)
    var start = 0
    texts = lengths.map { length in
      defer { start += Int(length) }
      return String(decoding: bytes[start..<start + Int(length)], as: UTF8.self)
    }
  }

  /// As many values as a buffer has, where they are.
  public func field<T: BitwiseCopyable>(_ buffer: Buffer<T>) throws {
    if isReading { try frame.read(into: buffer) } else { frame.append(buffer) }
  }

  /// Refuses a message whose fields do not fit each other.
  public func require(_ fits: Bool) throws {
    guard fits else {
      throw ExchangeError.misfit(kind: frame.kind, number: frame.number)
    }
  }
}
