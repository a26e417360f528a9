import Exchange

/// Kinds of messages as a method has them.
extension MessageKind {
  static let head = MessageKind(100, "head")
  static let headUpdate = MessageKind(101, "headUpdate")
}
