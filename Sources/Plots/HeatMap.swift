/// A table of numbers as cells that are the fuller of colour the larger they are: which class is taken for which,
/// what turns of one modality do to another.
public struct HeatMap: Sendable {
  /// What the plot shows.
  public var title: String
  /// What rows are.
  public var down: String
  /// What columns are.
  public var across: String
  /// The names of rows and columns.
  public var names: [String]
  /// How full each cell is, `[row][column]`, 0 to 1; what is no number is left empty.
  public var shares: [[Double]]
  /// What is written in a cell, where there are few of them.
  public var label: @Sendable (_ row: Int, _ column: Int) -> String
  /// The colour of the cells from one corner to the other, and of all others.
  public var colours: (diagonal: Colour, others: Colour)

  /// The widest cell.
  private static let widest = 84.0
  /// The most rows whose cells have their number written in them.
  static let mostWritten = 15
  /// The most rows that a picture shows: of more, a cell would be less than a screen can show.
  public static let mostRows = 120

  /// A square of cells.
  public init(
    _ title: String, down: String, across: String, names: [String], shares: [[Double]],
    colours: (diagonal: Colour, others: Colour) = (.series(0), .series(7)),
    label: @escaping @Sendable (_ row: Int, _ column: Int) -> String
  ) {
    precondition(shares.count == names.count && shares.allSatisfy { $0.count == names.count })
    (self.title, self.down, self.across) = (title, down, across)
    (self.names, self.shares, self.label) = (names, shares, label)
    self.colours = colours
  }

  /// The plot as a picture.
  public var picture: Picture {
    let count = max(1, names.count)
    let longest = names.map { min(16, $0.count) }.max() ?? 1
    let left = min(124, 24 + 6.4 * Double(longest))
    let cell = min(Self.widest, (Frame.width - 14 - left) / Double(count))
    let side = cell * Double(count)
    // Names above the columns stand upright where they would not fit.
    let isUpright = 6.4 * Double(longest) > cell - 4
    let top = 58 + (isUpright ? min(100, 6.4 * Double(longest)) : 12)
    var body = [text(title, x: 8, y: 20, "heading")]
    body.append(text(across, x: left + side / 2, y: 42, "middle soft"))
    body.append(text(down, x: 8, y: top - 8, "soft"))
    body += nameTexts(cell: cell, left: left, top: top, isUpright: isUpright)
    body += cells(cell: cell, left: left, top: top)
    body.append(
      "<rect class=\"axis\" fill=\"none\" x=\"\(Markup.coordinate(left))\" y=\"\(Markup.coordinate(top))\" width=\"\(Markup.coordinate(side))\" height=\"\(Markup.coordinate(side))\"/>"
    )
    return Picture(title: title, width: Frame.width, height: top + side + 12, body: body)
  }

  private func nameTexts(
    cell: Double, left: Double, top: Double, isUpright: Bool
  ) -> [String] {
    // So many names that they do not touch each other.
    let every = Int((12 / cell).rounded(.up))
    return names.indices.filter { $0 % max(1, every) == 0 }.flatMap { place -> [String] in
      let name = shortened(names[place], to: 16)
      let middle = cell * (Double(place) + 0.5)
      let row = text(name, x: left - 6, y: top + middle + 4, "end small")
      guard isUpright else {
        return [row, text(name, x: left + middle, y: top - 6, "middle small")]
      }
      let (x, y) = (Markup.coordinate(left + middle + 3), Markup.coordinate(top - 6))
      return [
        row,
        "<text class=\"small\" transform=\"translate(\(x),\(y)) rotate(-90)\">\(Markup.escaped(name))</text>",
      ]
    }
  }

  private func cells(cell: Double, left: Double, top: Double) -> [String] {
    guard names.count > Self.mostWritten else { return written(cell, left, top) }
    // Cells of one shade are one path: of a hundred classes there are ten thousand.
    var paths: [String: String] = [:]
    for (row, values) in shares.enumerated() {
      for (column, share) in values.enumerated() where share.isFinite && share > 0 {
        let colour = row == column ? colours.diagonal : colours.others
        let style = "\(colour.name)\" opacity=\"\(Self.opacity(of: share))"
        paths[style, default: ""] += "M\(column) \(row)h1v1h-1z"
      }
    }
    let scale = Markup.fixed(cell, 3)
    let group = "translate(\(Markup.coordinate(left)),\(Markup.coordinate(top))) scale(\(scale))"
    return ["<g transform=\"\(group)\" shape-rendering=\"crispEdges\">"]
      + paths.sorted { $0.key < $1.key }.map { "<path class=\"fill-\($0)\" d=\"\($1)\"/>" }
      + ["</g>"]
  }

  private func written(_ cell: Double, _ left: Double, _ top: Double) -> [String] {
    shares.enumerated().flatMap { row, values in
      values.enumerated().flatMap { column, share -> [String] in
        guard share.isFinite else { return [] }
        let (x, y) = (left + cell * Double(column), top + cell * Double(row))
        let colour = row == column ? colours.diagonal : colours.others
        let label = label(row, column)
        let tip = "\(names[row]), \(names[column]): \(label)"
        let box =
          "<rect class=\"fill-\(colour.name)\" opacity=\"\(Self.opacity(of: share))\" x=\"\(Markup.coordinate(x))\" y=\"\(Markup.coordinate(y))\" width=\"\(Markup.coordinate(cell))\" height=\"\(Markup.coordinate(cell))\"><title>\(Markup.escaped(tip))</title></rect>"
        let style = "middle\(names.count > 8 ? " small" : "")\(share > 0.5 ? " over" : "")"
        return (share > 0 ? [box] : [])
          + [text(label, x: x + cell / 2, y: y + cell / 2 + 4, style)]
      }
    }
  }

  /// In steps, so that there are few of them.
  private static func opacity(of share: Double) -> String {
    let step = Int((min(1, max(0, share)) * 12).rounded(.up))
    return Markup.fixed(0.1 + 0.9 * Double(step) / 12, 2)
  }
}
