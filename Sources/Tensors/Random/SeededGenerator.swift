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
    state = Self.stepped(state)
    return result
  }

  /// The state after a step, each bit of which is a sum of bits.
  @inline(__always)
  static func stepped(_ state: GeneratorJump.State) -> GeneratorJump.State {
    var (a, b, c, d) = state
    let t = b << 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = d << 45 | d >> 19
    return (a, b, c, d)
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
  ///
  /// Large fills are cut into blocks of eight runs, whose generators are jumps apart and go on side by side;
  /// threads share the blocks.
  public mutating func fill(_ values: Buffer<Float>, deviation: Double) {
    let (values, count) = (values.base, values.count)
    let run = Int(RANDOM_RUN), block = run * Int(RANDOM_RUNS)
    let blocks = count / block
    if blocks > 0 {
      let starts = runStarts(blocks * Int(RANDOM_RUNS))
      // A logarithm and a cosine take as long as some ten floats from memory.
      Threads.split(blocks, work: 10 * block) { part, _ in
        for index in part {
          LongWork.pass()
          starts.withUnsafeBufferPointer {
            guard let starts = $0.baseAddress else { return }
            random_normal_runs(
              starts + index * Int(RANDOM_RUNS) * 4, values + index * block, deviation)
          }
        }
      }
    }
    for index in blocks * block..<count { values[index] = Float(deviation * normal()) }
  }

  /// The states that so many runs, one after the other, begin with; this goes on after the last.
  private mutating func runStarts(_ count: Int) -> [UInt64] {
    var starts: [UInt64] = []
    starts.reserveCapacity(4 * count)
    for _ in 0..<count {
      starts += [state.0, state.1, state.2, state.3]
      state = Self.runJump(state)
    }
    return starts
  }

  /// From the beginning of a run to the next: two words a number.
  private static let runJump = GeneratorJump(doublings: (2 * Int(RANDOM_RUN)).trailingZeroBitCount)

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
