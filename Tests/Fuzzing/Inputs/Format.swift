/// What the inputs of a reader are made of.
struct Format {
  /// Files as they should be, or as they were when they broke something.
  var seeds: [[UInt8]] = []
  /// Large files, read as they are.
  var large: [[UInt8]] = []
  /// Pieces that mean something in the format.
  var tokens: [[UInt8]] = []
  /// Makes a file with the format's structure, most of it right: nil where the seeds say enough.
  var make: ((inout Draw) -> [UInt8])?
  /// Makes right again what would hide all other damage: lengths, checksums.
  var repair: ((inout [UInt8], inout Draw) -> Void)?

  /// The same with more seeds.
  func with(seeds more: [[UInt8]]) -> Format {
    var copy = self
    copy.seeds += more
    return copy
  }
}

/// The bytes of texts.
func utf8(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

/// The `count` lowest bytes of a number, the lowest first.
func little(_ value: UInt64, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
}

/// The `count` lowest bytes of a number, the lowest first.
func little(_ value: Int, _ count: Int) -> [UInt8] {
  little(UInt64(truncatingIfNeeded: value), count)
}

/// The four lowest bytes of a number, the lowest last.
func big(_ value: UInt64) -> [UInt8] { little(value, 4).reversed() }
