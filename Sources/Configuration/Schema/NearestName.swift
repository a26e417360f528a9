/// The name that someone most likely meant, if one is near enough; ties go to the first.
func nearestName(to word: String, among names: [String]) -> String? {
  // Beyond this, "near" would mean nothing; and the distance costs the product of the lengths.
  guard word.count <= 40 else { return nil }
  let limit = word.count < 3 ? 0 : max(1, word.count / 3)
  let distances = names.map { (name: $0, distance: editDistance(word, $0)) }
  guard let nearest = distances.min(by: { $0.distance < $1.distance }), nearest.distance <= limit
  else { return nil }
  return nearest.name
}

/// The least number of characters to add, drop, change or swap with a neighbour that turns one word
/// into the other, letter case aside (optimal string alignment distance).
func editDistance(_ first: String, _ second: String) -> Int {
  let a = Array(first.lowercased())
  let b = Array(second.lowercased())
  var rows = [Array(0...b.count)]
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        best = min(best, rows[i - 1][j - 1] + 1)
      }
      row.append(best)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}
