/// What replicas of a group say to each other: beside the other conversations, so all of it may come early.
enum ReplicaMessages {
  static let kinds = [
    ReplicaNode.kind, ReplicaNodes.kind, ReplicaRoom.kind, ReplicaVerdict.kind, ReplicaNumbers.kind,
    ReplicaPiece.gradients, ReplicaPiece.squares, ReplicaPiece.values, ReplicaPiece.states,
  ]
}

/// A replica to the group's first: the place of the first replica that it may share memory with.
struct ReplicaNode: Message {
  static let kind = MessageKind(60, "replicaNode", comesEarly: true)

  var first = 0

  mutating func layout(_ fields: Fields) throws { try fields.field(&first) }
}

/// The group's first to all: that place, for every replica.
struct ReplicaNodes: Message {
  static let kind = MessageKind(61, "replicaNodes", comesEarly: true)

  var firsts: [Int] = []

  mutating func layout(_ fields: Fields) throws { try fields.field(&firsts) }
}

/// A node's first to its others: the name of the memory that it has made, or why there is none.
struct ReplicaRoom: Message {
  static let kind = MessageKind(62, "replicaRoom", comesEarly: true)

  var name = ""
  var reason = ""

  mutating func layout(_ fields: Fields) throws {
    try fields.field(&name)
    try fields.field(&reason)
  }
}

/// A replica to the group's first, and that one's answer to all: why memory is not shared; nothing where it is.
struct ReplicaVerdict: Message {
  static let kind = MessageKind(63, "replicaVerdict", comesEarly: true)

  var reason = ""

  mutating func layout(_ fields: Fields) throws { try fields.field(&reason) }
}

/// A replica to those with its number on other nodes: its numbers in an exchange of few.
struct ReplicaNumbers: Message {
  static let kind = MessageKind(64, "replicaNumbers", by: .round, comesEarly: true)

  var values: [Double] = []

  mutating func layout(_ fields: Fields) throws { try fields.field(&values) }
}

/// A part of an array that replicas on several nodes have, at most `ReplicaPiece.count` floats.
public enum ReplicaPiece {
  /// The floats of a piece: with what is written in front of them 256 KiB, one piece of a transport.
  public static let count = (MPITransport.pieceByteCount - 64) / MemoryLayout<Float>.stride

  /// What a node's replicas have added up, to the replica that moves these values.
  public static let gradients = MessageKind(65, "replicaGradients", comesEarly: true)
  /// The sums of squares of these gradients, where they are clipped.
  public static let squares = MessageKind(68, "replicaSquares", comesEarly: true)
  /// The values when they have been moved, back.
  public static let values = MessageKind(66, "replicaValues", comesEarly: true)
  /// What an optimizer remembers, to the node of the group's first or from there.
  public static let states = MessageKind(67, "replicaStates", comesEarly: true)
}
