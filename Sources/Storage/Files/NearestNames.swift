/// The name that someone most likely meant by `word`, letter case aside, if one is near enough; ties
/// go to the first.
public func nearestName(to word: String, among names: [String]) -> String? {
  // Beyond this, "near" would mean nothing; and the distance costs the product of the lengths.
  guard word.count <= 40 else { return nil }
  let letters = Array(word.lowercased())
  return nearestName(among: names, atMost: word.count < 3 ? 0 : max(1, word.count / 3)) {
    editDistance(letters, Array($0.lowercased()), swaps: true)
  }
}

/// The name at the least distance that is not beyond `limit`; ties go to the first.
public func nearestName(
  among names: [String], atMost limit: Int, distance: (String) -> Int
) -> String? {
  let distances = names.map { (name: $0, distance: distance($0)) }
  guard let nearest = distances.min(by: { $0.distance < $1.distance }), nearest.distance <= limit
  else { return nil }
  return nearest.name
}

/// The `count` names most like `name`, the best first.
///
/// A name that only has a prefix more or less (`module.`, `bert.`) comes first: with weights from
/// elsewhere that is the usual mistake. The others are ordered by how many letters must change.
func nearestNames(to name: String, in names: [String], count: Int) -> [String] {
  // Far more than any network has, and longer; a broken file shall not cost minutes.
  let letters = Array(name.utf8.prefix(200))
  let candidates = names.prefix(5000).map { candidate in
    let isPrefixed = candidate.hasSuffix(".\(name)") || name.hasSuffix(".\(candidate)")
    return (isPrefixed ? -1 : editDistance(letters, Array(candidate.utf8.prefix(200))), candidate)
  }
  return candidates.sorted { $0 < $1 }.prefix(count).map(\.1)
}

/// The least number of letters to add, drop or change that turns one word into the other
/// (Levenshtein); with `swaps`, neighbours that changed places count once (optimal string alignment).
public func editDistance<Letter: Equatable>(
  _ first: [Letter], _ second: [Letter], swaps: Bool = false
) -> Int {
  var (before, last) = ([Int](), Array(0...second.count))
  for (i, letter) in first.enumerated() {
    var row = [i + 1]
    for (j, other) in second.enumerated() {
      var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (letter == other ? 0 : 1))
      if swaps, i > 0, j > 0, letter == second[j - 1], first[i - 1] == other {
        best = min(best, before[j - 1] + 1)
      }
      row.append(best)
    }
    (before, last) = (last, row)
  }
  return last[second.count]
}
