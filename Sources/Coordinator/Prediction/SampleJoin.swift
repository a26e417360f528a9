import Configuration
import Exchange
import MLA

/// The samples that a model is asked about: the union of the modalities' ids, in the order they are first
/// listed, as an evaluation has them.
public struct SampleJoin {
  /// The id of every sample.
  public let ids: [String]
  /// Who has what.
  public let roster: Roster
  /// What is odd about the join, a sentence each.
  public let warnings: [String]

  /// Joins what the modalities have.
  ///
  /// - Parameter samples: the ids of each modality and whether somebody wrote them, in the order of the
  ///   configuration; nil: it is not given, and all samples lack it.
  /// - Throws: `CoordinatorError.sampleCounts` where the rows of arrays belong together by their numbers alone,
  ///   and there are not as many of each.
  public init(
    _ samples: [(ids: [String], areWritten: Bool)?], of configuration: RunConfiguration
  ) throws {
    let names = configuration.modalities.map(\.name)
    let numbered = zip(names, samples).filter { $1?.areWritten == false }
    let counts = numbered.map { $1?.ids.count ?? 0 }
    if let first = counts.first, let other = counts.firstIndex(where: { $0 != first }) {
      throw CoordinatorError.sampleCounts(
        first: numbered[0].0, first, second: numbered[other].0, counts[other])
    }
    let given = samples.compactMap(\.self)
    if let first = given.first, given.allSatisfy({ $0.ids == first.ids }) {
      // As of rows of arrays: nothing is to be looked for.
      let rows = Array(0..<Int32(first.ids.count))
      let nobody = [Int32](repeating: Roster.absent, count: rows.count)
      ids = first.ids
      roster = Roster(sampleCount: rows.count, rows: samples.map { $0 == nil ? nobody : rows })
      warnings = []
      return
    }
    let splits = samples.map { samples in
      Inventory.Split(
        ids: samples?.ids ?? [],
        labels: [Int32](repeating: 0, count: samples?.ids.count ?? 0),
        hasWrittenIDs: samples?.areWritten ?? true)
    }
    let joined = try JoinedSplit(splits, named: "given", configuration)
    ids = joined.ids
    roster = Roster(sampleCount: joined.ids.count, rows: joined.rows)
    var findings = JoinFindings(configuration)
    try findings.lookForMeetings(in: joined, of: splits, named: "given", isTraining: false)
    warnings = findings.warnings
  }
}
