/// Random numbers that are the same for the same seed, fast, and of no other worth (SplitMix64).
struct Draw {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// Numbers of one input: of this seed, of this reader, of this place in the series.
  init(seed: UInt64, reader: String, index: Int) {
    // FNV-1a of the name, so that readers do not get the same inputs.
    let name = reader.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    var mixed = Draw(seed: seed ^ name)
    self.init(seed: mixed.next() &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15)
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// A number from 0 to `limit` - 1, which is at least 1.
  mutating func below(_ limit: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(limit)).high)
  }

  /// Yes, one time in `count`.
  mutating func once(in count: Int) -> Bool { below(count) == 0 }

  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in byte() } }

  /// One of some things, of which there is at least one.
  mutating func pick<Things: RandomAccessCollection>(_ things: Things) -> Things.Element
  where Things.Index == Int {
    things[things.startIndex + below(things.count)]
  }

  /// A number that programs get wrong: an end of a type, a neighbour of one, a neighbour of `size`.
  mutating func edge(near size: Int = 0) -> UInt64 {
    switch below(4) {
    case 0: UInt64(truncatingIfNeeded: size &+ below(5) &- 2)
    case 1: UInt64(below(300))
    default: pick(Self.edges)
    }
  }

  private static let edges: [UInt64] = {
    var edges: [UInt64] = [0, .max, .max - 1, 1000, 10_000_000]
    for exponent in [7, 8, 15, 16, 24, 30, 31, 32, 33, 40, 53, 61, 62, 63] {
      let power = UInt64(1) << UInt64(exponent)
      edges += [power - 1, power, power + 1]
    }
    return edges
  }()
}
