// What methods do with whole gradients. Sums run in float64, in eight chains of which value i is in chain
// i mod 8, added in one tree; so that their bits are the same on every machine.

extension Buffer<Float> {
  /// `self = a * self + b * other`, value by value.
  public func combine(times a: Float, _ other: Buffer, times b: Float) {
    precondition(other.count == count, "\(other.count) values for \(count)")
    let (own, other, grain) = (base, other.base, 16)
    Threads.split(count, grain: grain, work: 3) { range, _ in
      for place in range { own[place] = a * own[place] + b * other[place] }
    }
  }

  /// The sums of the products of these values with themselves, of these with others, and of the others with
  /// themselves.
  public func products(with other: Buffer) -> (own: Double, mixed: Double, other: Double) {
    precondition(other.count == count, "\(other.count) values for \(count)")
    var sums = (SIMD8<Double>.zero, SIMD8<Double>.zero, SIMD8<Double>.zero)
    eachEight { place, lanes in
      let own = SIMD8<Double>(Self.eight(base, at: place, lanes))
      let another = SIMD8<Double>(Self.eight(other.base, at: place, lanes))
      sums.0 += own * own
      sums.1 += own * another
      sums.2 += another * another
    }
    return (sums.0.total, sums.1.total, sums.2.total)
  }

  /// The standard deviation of the values, unbiased; 0 of one.
  public var deviation: Double {
    guard count > 1 else { return 0 }
    var sum = SIMD8<Double>.zero
    eachEight { place, lanes in sum += SIMD8<Double>(Self.eight(base, at: place, lanes)) }
    let mean = sum.total / Double(count)
    var squares = SIMD8<Double>.zero
    eachEight { place, lanes in
      var distance = SIMD8<Double>(Self.eight(base, at: place, lanes)) - mean
      // Behind the last value there is none.
      for lane in lanes..<8 { distance[lane] = 0 }
      squares += distance * distance
    }
    return (squares.total / Double(count - 1)).squareRoot()
  }

  /// Goes through the places of every eight values, with the number of them that there are.
  private func eachEight(_ body: (_ place: Int, _ lanes: Int) -> Void) {
    var place = 0
    while place < count {
      body(place, Swift.min(8, count - place))
      place += 8
    }
  }

  /// Eight values, 0 behind the last.
  private static func eight(
    _ values: UnsafeMutablePointer<Float>, at place: Int, _ lanes: Int
  ) -> SIMD8<Float> {
    if lanes == 8 {
      return UnsafeRawPointer(values + place).loadUnaligned(as: SIMD8<Float>.self)
    }
    var eight = SIMD8<Float>.zero
    for lane in 0..<lanes { eight[lane] = values[place + lane] }
    return eight
  }
}

extension SIMD8<Double> {
  /// The sum of all, in one tree.
  fileprivate var total: Double {
    let halves = lowHalf + highHalf
    let quarters = halves.lowHalf + halves.highHalf
    return quarters[0] + quarters[1]
  }
}
