/// The weights by which new places along one axis see the old ones, in whole 2^-22nds.
///
/// Those of Pillow's `Resample.c`: the operations and their order are its own, so that every bit is.
struct PixelWeights {
  /// The bits behind the point: eight of a pixel and two for what overshoots leave 22 of 32.
  static let precision: Int32 = 22

  /// The first old place that each new one sees.
  private(set) var starts: [Int] = []
  /// Where the weights of each new place begin; one more for the end.
  private(set) var bounds = [0]
  /// The weights of all places.
  private(set) var values: [Int32] = []

  /// The weights of the new places `window`, of `newCount` made of `count`.
  init(from count: Int, to newCount: Int, window: Range<Int>, _ filter: ResizingFilter) {
    let step = Double(count) / Double(newCount)
    let spread = max(1, step)
    let (reach, scale) = (filter.reach * spread, 1 / spread)
    var weights: [Double] = []
    for place in window {
      let middle = (Double(place) + 0.5) * step
      // Toward zero, as C does.
      let start = max(0, Int(middle - reach + 0.5))
      let end = min(count, Int(middle + reach + 0.5))
      weights.removeAll(keepingCapacity: true)
      var total = 0.0
      for offset in 0..<end - start {
        let weight = filter.weight((Double(offset + start) - middle + 0.5) * scale)
        weights.append(weight)
        total += weight
      }
      for weight in weights {
        let share = (total != 0 ? weight / total : weight) * Double(1 << Self.precision)
        values.append(Int32(share < 0 ? share - 0.5 : share + 0.5))
      }
      starts.append(start)
      bounds.append(values.count)
    }
  }

  /// The old places that any new one sees.
  var seen: Range<Int> {
    guard let first = starts.first, let last = starts.last else { return 0..<0 }
    return first..<last + bounds[bounds.count - 1] - bounds[bounds.count - 2]
  }
}
