/// A count with its noun: `1 byte`, `2 bytes`, `2 entries`.
func counted(_ count: Int, _ noun: String) -> String {
  if count == 1 { return "1 \(noun)" }
  return noun.hasSuffix("y") ? "\(count) \(noun.dropLast())ies" : "\(count) \(noun)s"
}

/// Names as a message lists them: `'a', 'b', 'c'`, the first twelve of many.
func quoted(_ names: [String]) -> String {
  let listed = names.prefix(12).map { "'\($0)'" }.joined(separator: ", ")
  return names.count > 12 ? "\(listed) and \(names.count - 12) more" : listed
}

/// The name that a user may have meant by `name`: at most a third of its letters differ.
func nearest(to name: String, among names: [String]) -> String? {
  let candidates = names.map { (name: $0, distance: editDistance($0, name)) }
  guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
  return best.distance <= max(1, name.count / 3) ? best.name : nil
}

/// The least number of inserted, deleted or replaced letters between two words (Levenshtein).
private func editDistance(_ a: String, _ b: String) -> Int {
  let b = Array(b)
  var row = Array(0...b.count)
  for (i, letter) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let replaced = diagonal + (b[j] == letter ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
