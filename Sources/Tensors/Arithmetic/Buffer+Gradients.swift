import CKernels

// What methods do with whole gradients. Sums run in float64, over blocks whose number the count alone decides,
// added in their order: so that threads, however many, change no bit of them.

extension Buffer<Float> {
  /// `self = a * self + b * other`, value by value.
  public func combine(times a: Float, _ other: Buffer, times b: Float) {
    precondition(other.count == count, "\(other.count) values for \(count)")
    let (own, other, grain) = (base, other.base, 16)
    Threads.split(count, grain: grain, work: 3) { range, _ in
      for place in range { own[place] = a * own[place] + b * other[place] }
    }
  }

  /// `self = a * self + b * n`, value by value: n is the standard normal number that `seed` and the value's
  /// place decide, whoever asks for it, and however often.
  public func disturb(times a: Float, seed: UInt64, deviation b: Float) {
    let (own, pairs) = (base, 32)
    Threads.split(count, grain: pairs, work: 4) { range, _ in
      random_disturb(own + range.lowerBound, range.lowerBound, range.count, seed, a, b)
    }
  }

  /// The sums of the products of these values with themselves, of these with others, and of the others with
  /// themselves.
  public func products(with other: Buffer) -> (own: Double, mixed: Double, other: Double) {
    precondition(other.count == count, "\(other.count) values for \(count)")
    let sums = sums(3) {
      values_products(base + $0.lowerBound, other.base + $0.lowerBound, $0.count, $1)
    }
    return (sums[0], sums[1], sums[2])
  }

  /// The standard deviation of the values, unbiased; 0 of one.
  public var deviation: Double {
    guard count > 1 else { return 0 }
    // From the first value: of values that are all alike nothing is left.
    let origin = self[0]
    let sums = sums(2) { values_moments(base + $0.lowerBound, $0.count, origin, $1) }
    let squares = sums[1] - sums[0] * sums[0] / Double(count)
    // What is no number stays one.
    return squares < 0 ? 0 : (squares / Double(count - 1)).squareRoot()
  }

  /// Sums over all values, of which `body` writes those of a block.
  private func sums(
    _ width: Int, _ body: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
  ) -> [Double] {
    let blocks = Threads.blockCount(work: count)
    let sums = Buffer<Double>(blocks * width)
    Threads.split(blocks, work: count / blocks) { range, _ in
      for block in range {
        body(count * block / blocks..<count * (block + 1) / blocks, sums.base + block * width)
      }
    }
    return (0..<width).map { place in
      (0..<blocks).reduce(0) { $0 + sums[$1 * width + place] }
    }
  }
}
