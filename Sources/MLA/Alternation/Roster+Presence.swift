extension Roster {
  /// Samples that have the same modalities and lack the same.
  public struct Presence: Sendable, Equatable {
    /// The modalities that these samples have, ascending.
    public let modalities: [Int]
    /// The number of these samples.
    public let sampleCount: Int
  }

  /// How many samples have which modalities, the most frequent combination first; equally frequent
  /// ones in the order of their modalities. Combinations without samples are left out.
  public var presence: [Presence] {
    precondition(modalityCount <= UInt64.bitWidth, "\(modalityCount) modalities")
    // A bit for each modality that a sample has.
    var sets = [UInt64](repeating: 0, count: sampleCount)
    for (modality, rows) in rows.enumerated() {
      for (sample, row) in rows.enumerated() where row != Self.absent {
        sets[sample] |= 1 << UInt64(modality)
      }
    }
    var counts: [UInt64: Int] = [:]
    for set in sets { counts[set, default: 0] += 1 }
    let all = counts.map { set, count in
      Presence(
        modalities: rows.indices.filter { set >> UInt64($0) & 1 == 1 }, sampleCount: count)
    }
    return all.sorted {
      $0.sampleCount != $1.sampleCount
        ? $0.sampleCount > $1.sampleCount
        : $0.modalities.lexicographicallyPrecedes($1.modalities)
    }
  }
}
