import Plots
import Runs

/// A part of a page. Texts are what they say: what in them could be markup, or steer a terminal or a browser, is
/// shown and not obeyed.
public indirect enum Block {
  /// A number that is to be seen first, with what it is of.
  public struct Tile {
    /// The number, with its unit.
    public var value: String
    /// What it is of.
    public var label: String
    /// What is to be known beside it.
    public var detail = ""
    /// The colour of what it is of.
    public var colour: Colour
  }

  /// A sentence or some.
  case text(String)
  /// What is odd, and must not be overlooked.
  case warning(String)
  /// Numbers that are to be seen first.
  case tiles([Tile])
  /// Names with what they stand for.
  case facts([(name: String, value: String)])
  /// A table.
  case table(TitledTable)
  /// A picture, with what is to be known of it.
  case picture(Plots.Picture, String)
  /// Parts that stand beside each other where there is room.
  case beside([Block])
  /// What is typed or read as it is, line by line.
  case code(String)
  /// What is shown when it is asked for.
  case folded(String, [Block])
}

/// Parts under a heading.
public struct Section {
  /// The heading.
  public var title: String
  /// The parts; with none, there is no section.
  public var blocks: [Block]

  /// Parts under a heading.
  public init(_ title: String, _ blocks: [Block]) { (self.title, self.blocks) = (title, blocks) }
}
