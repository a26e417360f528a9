import Tensors

/// What tells tokens where they stand: one vector a place, added to the token.
public enum PositionKind: String, Sendable, CaseIterable {
  /// Trained, from small random numbers.
  case learned
  /// Sines and cosines (Vaswani et al., 2017, section 3.5), over two axes half of the width each, the
  /// rows' half first.
  case fixed
  /// The same of pictures with the columns' half first (M3AE; He et al., 2022).
  case fixedColumnsFirst = "fixed_columns_first"
}

/// The vectors of all places of a grid, and on request one for a class token; a text is a grid of one
/// row.
final class Positions {
  /// `[rows * columns, width]`, where they are trained; with a class token's vector in front,
  /// `[1 + rows * columns, width]`.
  let parameter: Parameter?
  /// The same, where they are fixed.
  private let table: Buffer<Float>

  /// Whether the first vector is the class token's.
  private let hasClass: Bool
  private let width: Int

  /// Vectors of `width` numbers for `rows` times `columns` places, and where they are learned for a class
  /// token if `hasClass`.
  ///
  /// Fixed ones hold, for place p along an axis and k from 0, `sin(p / 10000^(k / n))` for n numbers
  /// and then the cosines; n is half the width for one axis, a quarter for each of two. A grid of one
  /// row has one axis, unless the columns come first. What is left of a width that 2 or 4 does not
  /// divide stays 0.
  init(_ kind: PositionKind, rows: Int, columns: Int, width: Int, hasClass: Bool = false) {
    precondition(kind == .learned || !hasClass)
    self.hasClass = hasClass
    self.width = width
    switch kind {
    case .learned:
      parameter = Parameter(
        "positions", [rows * columns + (hasClass ? 1 : 0), width], .normal(deviation: 0.02),
        decays: false)
      table = Buffer(0)
    case .fixed, .fixedColumnsFirst:
      parameter = nil
      table = Buffer(rows * columns * width)
      for place in 0..<(table.isPlanned ? 0 : rows * columns) {
        let values = table[place * width..<(place + 1) * width]
        if rows == 1, kind == .fixed {
          Self.fill(values, place: place, count: width / 2)
        } else {
          let (row, column) = (place / columns, place % columns)
          let (first, second) = kind == .fixed ? (row, column) : (column, row)
          Self.fill(values, place: first, count: width / 4)
          Self.fill(values[width / 4 * 2..<width], place: second, count: width / 4)
        }
      }
    }
  }

  /// The vectors of all places, row after row.
  var vectors: Buffer<Float> { parameter.map { ofPlaces($0.values) } ?? table }
  /// The gradients with respect to them, where they are trained.
  var gradients: Buffer<Float>? { parameter.map { ofPlaces($0.gradients) } }
  /// The class token's vector, where it has one.
  var classVector: Buffer<Float>? { parameter.flatMap { ofClass($0.values) } }
  /// The gradient with respect to it.
  var classGradient: Buffer<Float>? { parameter.flatMap { ofClass($0.gradients) } }

  private func ofPlaces(_ vectors: Buffer<Float>) -> Buffer<Float> {
    hasClass ? vectors[width..<vectors.count] : vectors
  }
  private func ofClass(_ vectors: Buffer<Float>) -> Buffer<Float>? {
    hasClass ? vectors[0..<width] : nil
  }

  private static func fill(_ values: Buffer<Float>, place: Int, count: Int) {
    for k in 0..<count {
      let angle = Double(place) / Elementary.power(10_000, Double(k) / Double(count))
      let turns = angle / (2 * Double.pi)
      values[k] = Float(Elementary.sine(turns: turns))
      values[count + k] = Float(Elementary.cosine(turns: turns))
    }
  }
}
