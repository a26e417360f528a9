/// The colour of a line or an area, in light and in the dark.
public struct Colour: Sendable, Hashable {
  /// The end of the names of its classes.
  let name: String

  /// What the classes of its lines, areas and edges end in, on pages that have them.
  public var className: String { name }

  /// One of the colours that people with any kind of colour vision can tell apart; after the last, the first
  /// comes again.
  public static func series(_ place: Int) -> Colour {
    Colour(name: "\(place % Picture.colourCount)")
  }

  /// The colour of text: for what stands above all others.
  public static let ink = Colour(name: "ink")
  /// A colour that steps back: for what only guides the eye.
  public static let soft = Colour(name: "soft")
}
