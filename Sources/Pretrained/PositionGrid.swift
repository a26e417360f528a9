/// Learned positions of a grid of patches for a grid of another size, by bicubic interpolation, as
/// PyTorch's `interpolate` with `align_corners=False` does it (Keys, 1981, with a = -0.75).
struct PositionGrid {
  /// The grid that the positions are of.
  let stored: (rows: Int, columns: Int)
  /// The grid that they are to be of.
  let wanted: (rows: Int, columns: Int)
  /// The vectors in front of the grid, which stay: the class token's.
  let extra: Int

  /// `[extra + rows * columns, width]`, of the wanted grid, from those of the stored one.
  func resized(_ values: [Float], width: Int) -> [Float] {
    let (down, across) = (
      Self.taps(from: stored.rows, to: wanted.rows),
      Self.taps(from: stored.columns, to: wanted.columns)
    )
    var resized = Array(values.prefix(extra * width))
    resized.reserveCapacity((extra + wanted.rows * wanted.columns) * width)
    for row in down {
      for column in across {
        for channel in 0..<width {
          var sum = 0.0
          for (y, weight) in row {
            for (x, other) in column {
              let place = (extra + y * stored.columns + x) * width + channel
              sum += weight * other * Double(values[place])
            }
          }
          resized.append(Float(sum))
        }
      }
    }
    return resized
  }

  /// For each place of an axis of `count` the four places of one of `stored` that it is made of, those
  /// beyond the ends being the ends.
  private static func taps(from stored: Int, to count: Int) -> [[(place: Int, weight: Double)]] {
    (0..<count).map { place in
      let source = (Double(place) + 0.5) * Double(stored) / Double(count) - 0.5
      let (first, part) = (Int(source.rounded(.down)), source - source.rounded(.down))
      return (-1...2).map { step in
        (min(max(first + step, 0), stored - 1), weight(at: abs(part - Double(step))))
      }
    }
  }

  private static func weight(at distance: Double) -> Double {
    let a = -0.75
    return distance <= 1
      ? ((a + 2) * distance - (a + 3)) * distance * distance + 1
      : ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a
  }
}
