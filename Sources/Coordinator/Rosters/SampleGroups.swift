import Configuration
import Exchange
import MLA
import Storage
import Tensors

/// Which samples of a split belong together, and must not be parted by a split of them.
struct SampleGroups {
  /// The group of every sample; nil: the sample is a group of its own.
  let groups: [String?]

  /// The number of samples that the file `data.groups` gives a group.
  let listedCount: Int

  /// Whether nothing is said of any sample.
  var isEmpty: Bool { groups.allSatisfy { $0 == nil } }

  /// The groups that the modalities' manifests and `data.groups` give the samples of `joined`.
  ///
  /// - Parameters:
  ///   - splits: what the modalities have, in their order.
  ///   - listed: the content of `data.groups`.
  ///   - takesNumbers: whether `listed` speaks of row numbers, too.
  /// - Throws: `CoordinatorError.groupConflict` where two of them disagree.
  init(
    of joined: JoinedSplit, _ splits: [Inventory.Split], listed: [String: String],
    takesNumbers: Bool, named name: String, _ configuration: RunConfiguration
  ) throws {
    var groups = try joined.ids.indices.map { sample in
      try LongWork.step()
      return takesNumbers || joined.isWritten[sample] ? listed[joined.ids[sample]] : nil
    }
    listedCount = groups.count { $0 != nil }
    let file = "data.groups"
    var owners = groups.map { $0 == nil ? "" : file }
    for (modality, split) in splits.enumerated() where !split.groups.isEmpty {
      let owner = "modality \(configuration.modalities[modality].name)"
      for (sample, row) in joined.rows[modality].enumerated() where row != Roster.absent {
        guard let group = split.group(of: Int(row)) else { continue }
        if let known = groups[sample], known != group {
          throw CoordinatorError.groupConflict(
            id: joined.ids[sample], split: name, first: owners[sample], firstGroup: known,
            second: owner, secondGroup: group)
        }
        if groups[sample] == nil { (groups[sample], owners[sample]) = (group, owner) }
      }
    }
    self.groups = groups
  }
}
