/// Who has what: the samples of one split, and the row in which each modality keeps them.
///
/// Every rank holds the same roster, so every rank can work out the whole order of turns by itself.
/// It says where a sample is, never what is in it.
public struct Roster: Sendable, Equatable {
  /// The row that stands for "this modality does not have the sample".
  public static let absent: Int32 = -1

  /// The number of samples that at least one modality listed.
  public let sampleCount: Int

  /// For each modality and sample, the row in that modality's own source, or `absent`: `[M][N]`.
  public let rows: [[Int32]]

  /// A roster of `sampleCount` samples; each modality has one entry for each of them.
  public init(sampleCount: Int, rows: [[Int32]]) {
    precondition(rows.allSatisfy { $0.count == sampleCount })
    self.sampleCount = sampleCount
    self.rows = rows
  }

  /// The number of modalities.
  public var modalityCount: Int { rows.count }

  /// Whether a modality has a sample.
  public func has(_ sample: Int, modality: Int) -> Bool {
    rows[modality][sample] != Self.absent
  }

  /// The samples that a modality has, in ascending order.
  public func samples(of modality: Int) -> [Int] {
    let rows = rows[modality]
    return rows.indices.filter { rows[$0] != Self.absent }
  }
}
