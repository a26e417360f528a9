import Methods
import Storage

extension OracleCase {
  /// The samples that searches for clusters begin at: one a class, for each event, modality and split.
  func centres() throws -> [Int] {
    let array = try file.array("centres")
    let needed = ((method.method as? Relearning)?.count ?? 0) * modalityCount * 2 * classCount
    guard array.count == needed else {
      throw FileError(
        array.place, "has \(counted(array.count, "value")), but the case's options need \(needed)")
    }
    let (centres, rosters) = (try array.integers(), try rosters())
    for (place, centre) in centres.enumerated() {
      let modality = place / (2 * classCount) % modalityCount
      let roster = place / classCount % 2 == 0 ? rosters.train : rosters.validation
      guard roster.samples(of: modality).indices.contains(centre) else {
        throw FileError(array.place, "names sample \(centre), which modality \(modality) has not")
      }
    }
    return centres
  }
}
