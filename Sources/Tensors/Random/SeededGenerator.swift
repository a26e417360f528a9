import CKernels

/// The one source of randomness: xoshiro256++ (Blackman and Vigna, 2019), seeded through SplitMix64.
///
/// Every use names its own stream, so what one modality draws never depends on what another drew.
public struct SeededGenerator: RandomNumberGenerator, Equatable, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// The stream of `name` under `seed`: equal arguments give equal sequences on every machine.
  ///
  /// - Parameter numbers: which of many streams of the name: an epoch, a mini-batch, a place in it.
  public init(seed: UInt64, stream name: String, numbers: [Int] = []) {
    // A hash of the name, so that neighbouring seeds and names share nothing.
    var hash = FNV1a(name)
    for number in numbers {
      for shift in stride(from: 0, to: 64, by: 8) {
        hash.add(UInt64(UInt8(truncatingIfNeeded: number >> shift)))
      }
    }
    var mixed = hash.value ^ seed &* 0x9e37_79b9_7f4a_7c15
    func splitMix() -> UInt64 {
      mixed &+= 0x9e37_79b9_7f4a_7c15
      var z = mixed
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
    state = (splitMix(), splitMix(), splitMix(), splitMix())
  }

  /// All that what comes next depends on, as four whole numbers: what a `NamedState` remembers.
  public var words: [Int64] {
    get { [state.0, state.1, state.2, state.3].map(Int64.init(bitPattern:)) }
    set {
      precondition(newValue.count == 4, "\(newValue.count) words for four")
      let words = newValue.map(UInt64.init(bitPattern:))
      state = (words[0], words[1], words[2], words[3])
    }
  }

  /// The next 64 uniform bits.
  public mutating func next() -> UInt64 {
    func rotated(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
    let result = rotated(state.0 &+ state.3, 23) &+ state.0
    let t = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= t
    state.3 = rotated(state.3, 45)
    return result
  }

  /// A number uniform in `[0, 1)`, with 53 random bits.
  public mutating func uniform() -> Double { Self.uniform(next()) }

  /// A whole number uniform in `0 ..< bound`, without modulo bias (Lemire, 2019).
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0)
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }

  /// A standard normal number (Box and Muller, 1958; one of the pair, so that no half is kept).
  public mutating func normal() -> Double {
    let first = next()
    return elementary_normal(first, next())
  }

  /// Fills `values` with normal numbers of a standard deviation, those of as many calls of `normal`.
  /// The bits are drawn in order; threads share what is computed of them.
  public mutating func fill(_ values: Buffer<Float>, deviation: Double) {
    let block = 1 << 14
    let (values, count) = (values.base, values.count)
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * min(block, count)) {
      words in
      for first in stride(from: 0, to: count, by: block) {
        LongWork.pass()
        let size = min(block, count - first)
        for index in 0..<2 * size { words[index] = next() }
        // A logarithm and a cosine take as long as some twenty floats from memory.
        Threads.split(size, work: 20) { part, _ in
          guard let words = words.baseAddress else { return }
          random_normal(
            words + 2 * part.lowerBound, values + first + part.lowerBound, part.count, deviation)
        }
      }
    }
  }

  private static func uniform(_ bits: UInt64) -> Double { Double(bits >> 11) * 0x1p-53 }

  /// The numbers `0 ..< count` in random order (Fisher and Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, integer(below: last + 1))
    }
    return order
  }

  /// Whether two generators will go on alike.
  public static func == (a: Self, b: Self) -> Bool { a.state == b.state }
}
