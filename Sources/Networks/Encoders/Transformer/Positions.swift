import Tensors

/// What tells tokens where they stand: one vector a place, added to the token.
public enum PositionKind: String, Sendable, CaseIterable {
  /// Trained, from small random numbers.
  case learned
  /// Sines and cosines (Vaswani et al., 2017, section 3.5), over two axes half of the width each.
  case fixed
}

/// The vectors of all places of a grid; a text is a grid of one row.
final class Positions {
  /// `[rows * columns, width]`, where they are trained.
  let parameter: Parameter?
  /// The same, where they are fixed.
  private let table: Buffer<Float>

  /// Vectors of `width` numbers for `rows` times `columns` places.
  ///
  /// Fixed ones hold, for place p along an axis and k from 0, `sin(p / 10000^(k / n))` for n numbers
  /// and then the cosines; n is half the width for one axis, a quarter for each of two (the rows'
  /// half comes first). What is left of a width that 2 or 4 does not divide stays 0.
  init(_ kind: PositionKind, rows: Int, columns: Int, width: Int) {
    switch kind {
    case .learned:
      parameter = Parameter(
        "positions", [rows * columns, width], .normal(deviation: 0.02), decays: false)
      table = Buffer(0)
    case .fixed:
      parameter = nil
      table = Buffer(rows * columns * width)
      for place in 0..<(table.isPlanned ? 0 : rows * columns) {
        let values = table[place * width..<(place + 1) * width]
        if rows == 1 {
          Self.fill(values, place: place, count: width / 2)
        } else {
          Self.fill(values, place: place / columns, count: width / 4)
          Self.fill(values[width / 4 * 2..<width], place: place % columns, count: width / 4)
        }
      }
    }
  }

  /// The vectors of all places, row after row.
  var vectors: Buffer<Float> { parameter?.values ?? table }

  private static func fill(_ values: Buffer<Float>, place: Int, count: Int) {
    for k in 0..<count {
      let angle = Double(place) / Elementary.power(10_000, Double(k) / Double(count))
      let turns = angle / (2 * Double.pi)
      values[k] = Float(Elementary.sine(turns: turns))
      values[count + k] = Float(Elementary.cosine(turns: turns))
    }
  }
}
