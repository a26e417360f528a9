import Configuration
import Exchange
import MLA
import Tensors

/// The samples of one split: the union of the modalities' ids, in the order they are first listed.
struct JoinedSplit {
  /// The id of every sample.
  private(set) var ids: [String] = []
  /// The label of every sample.
  private(set) var labels: [Int32] = []
  /// The row of every sample in each modality, or `Roster.absent`: `[M][N]`.
  private(set) var rows: [[Int32]]

  /// For every sample, whether a modality has it by an id that somebody wrote.
  private(set) var isWritten: [Bool] = []
  /// The sample of every id.
  private var places: [String: Int] = [:]

  /// Joins `splits`, one a modality. Throws where two of them disagree about a sample's label.
  init(
    _ splits: [Inventory.Split], named name: String, _ configuration: RunConfiguration
  ) throws {
    var firstOwner: [Int] = []
    rows = splits.map { _ in [] }
    for (modality, split) in splits.enumerated() {
      rows[modality] = Array(repeating: Roster.absent, count: ids.count)
      for (row, id) in split.ids.enumerated() {
        try LongWork.step()
        if let place = places[id] {
          guard labels[place] == split.labels[row] else {
            throw CoordinatorError.labelConflict(
              id: id, split: name, first: configuration.modalities[firstOwner[place]].name,
              firstLabel: configuration.classes[Int(labels[place])],
              second: configuration.modalities[modality].name,
              secondLabel: configuration.classes[Int(split.labels[row])])
          }
          rows[modality][place] = Int32(row)
          isWritten[place] = isWritten[place] || split.hasWrittenIDs
        } else {
          places[id] = ids.count
          ids.append(id)
          labels.append(split.labels[row])
          isWritten.append(split.hasWrittenIDs)
          firstOwner.append(modality)
          rows[modality].append(Int32(row))
        }
      }
    }
    for modality in rows.indices {
      let lacking = ids.count - rows[modality].count
      rows[modality] += Array(repeating: Roster.absent, count: lacking)
    }
  }

  /// Whether the split has a sample by this id, and somebody wrote it.
  func hasWritten(_ id: String) -> Bool { places[id].map { isWritten[$0] } ?? false }

  /// Who has which of all these samples.
  var roster: Roster { Roster(sampleCount: ids.count, rows: rows) }
}
