/// The `count` names most like `name`, the best first.
///
/// A name that only has a prefix more or less (`module.`, `bert.`) comes first: with weights from
/// elsewhere that is the usual mistake. The others are ordered by how many letters must change.
func nearestNames(to name: String, in names: [String], count: Int) -> [String] {
  // Far more than any network has; a broken file shall not cost minutes.
  let candidates = names.prefix(5000).map { candidate in
    let isPrefixed = candidate.hasSuffix(".\(name)") || name.hasSuffix(".\(candidate)")
    return (isPrefixed ? -1 : editDistance(name, candidate), candidate)
  }
  return candidates.sorted { $0 < $1 }.prefix(count).map(\.1)
}

/// How many bytes must be inserted, removed or replaced to make one name of the other
/// (Levenshtein), over the first 200 bytes.
private func editDistance(_ first: String, _ second: String) -> Int {
  let (rows, columns) = (Array(first.utf8.prefix(200)), Array(second.utf8.prefix(200)))
  var previous = Array(0...columns.count)
  for (row, byte) in rows.enumerated() {
    var current = [row + 1]
    for (column, other) in columns.enumerated() {
      let replaced = previous[column] + (byte == other ? 0 : 1)
      current.append(min(replaced, previous[column + 1] + 1, current[column] + 1))
    }
    previous = current
  }
  return previous[columns.count]
}
