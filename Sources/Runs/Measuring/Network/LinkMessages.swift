import Exchange
import Tensors

/// What rank 0 asks another for while links are measured.
struct LinkOrder: Message {
  static let kind = MessageKind(210, "linkOrder", by: .round)

  enum Action: UInt8 {
    /// Answer each piece with one of the same size.
    case echo
    /// Take all pieces, then answer.
    case take
    /// Send all pieces.
    case give
    /// Both at the same time.
    case exchange
    /// Go home.
    case end
  }

  private var code = Action.end.rawValue
  /// The bytes of a piece's content.
  var byteCount: Int
  /// The pieces.
  var count: Int

  init(_ action: Action = .end, byteCount: Int = 0, count: Int = 0) {
    (code, self.byteCount, self.count) = (action.rawValue, byteCount, count)
  }

  var action: Action { Action(rawValue: code) ?? .end }

  mutating func layout(_ fields: Fields) throws {
    try fields.field(&code)
    try fields.field(&byteCount)
    try fields.field(&count)
  }
}

/// Bytes on their way.
struct LinkPiece: Message {
  static let kind = MessageKind(211, "linkPiece", by: .round)

  let bytes: Buffer<UInt8>

  init(_ bytes: Buffer<UInt8>) { self.bytes = bytes }

  mutating func layout(_ fields: Fields) throws { try fields.field(bytes) }
}
