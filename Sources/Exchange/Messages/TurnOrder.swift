import Tensors

/// The order in which the cycles of an epoch serve the modalities, where it is decided anew.
public struct TurnOrder: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.turnOrder

  /// The modalities, each once, by their places in the configuration.
  public var places: [Int]

  /// An order to send, or none yet.
  public init(_ places: [Int] = []) { self.places = places }

  /// The places.
  public mutating func layout(_ fields: Fields) throws {
    try fields.field(&places)
    try fields.require(places.sorted() == Array(places.indices))
  }
}
