import Measuring

/// Two ways of doing the same, in turns, so that both meet the same machine; processor times a piece.
struct Rounds {
  let first: Times
  let second: Times

  init(_ count: Int, pieces: Int, _ one: () throws -> Void, _ other: () throws -> Void) rethrows {
    var times: ([Double], [Double]) = ([], [])
    // One round more, which warms up and is not counted.
    for round in 0...count {
      let start = processorTime()
      for _ in 0..<pieces { try one() }
      let middle = processorTime()
      for _ in 0..<pieces { try other() }
      let end = processorTime()
      guard round > 0 else { continue }
      times.0.append((middle - start) / Double(pieces))
      times.1.append((end - middle) / Double(pieces))
    }
    first = Times(times.0)
    second = Times(times.1)
  }

  /// How much of the first way's rate the second has.
  var ratio: Double { first.median / second.median }
}
