import Networks
import Tensors

/// A row of the table: a part of a layer, or of several equal ones behind each other.
struct LayerRow {
  /// The first and the last of the layers.
  let layers: (first: String, last: String)
  let part: String
  /// What the layer puts out, the whole batch.
  let output: Shape
  let count: Int
  /// The sums over all of the layers, in seconds.
  var forward: Double
  var backward: Double
  /// The cost of one of them.
  let cost: LayerCost

  /// Whether a row is a part of the same kind, so that it makes no other statement.
  func equals(_ other: LayerRow) -> Bool {
    part == other.part && output == other.output && cost == other.cost
  }

  /// This row and an equal one of a later layer.
  func joined(_ other: LayerRow) -> LayerRow {
    LayerRow(
      layers: (layers.first, other.layers.last), part: part, output: output,
      count: count + other.count, forward: forward + other.forward,
      backward: backward + other.backward, cost: cost)
  }

  /// The rows of each layer; layers whose rows are all equal to those of the one before join it.
  static func joining(_ layers: [[LayerRow]]) -> [LayerRow] {
    var groups: [[LayerRow]] = []
    for rows in layers {
      guard let last = groups.last, last.count == rows.count,
        zip(last, rows).allSatisfy({ $0.equals($1) })
      else {
        groups.append(rows)
        continue
      }
      groups[groups.count - 1] = zip(last, rows).map { $0.joined($1) }
    }
    return groups.flatMap { $0 }
  }
}
