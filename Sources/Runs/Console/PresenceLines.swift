import Exchange
import MLA

/// How many samples have which modalities, for people: a line a split that has samples.
enum PresenceLines {
  /// The combinations that are named; beyond them there is only a sum.
  private static let longest = 6

  static func of(_ rosters: Rosters, names: [String]) -> [String] {
    [("training", rosters.train), ("validation", rosters.validation), ("test", rosters.test)]
      .filter { $0.1.sampleCount > 0 }.map { line($0.1, named: $0.0, names: names) }
  }

  private static func line(_ roster: Roster, named name: String, names: [String]) -> String {
    let start =
      Numerals.grouped(roster.sampleCount)
      + " \(name) \(roster.sampleCount == 1 ? "sample" : "samples")"
    guard names.count > 1 else { return start }
    let presence = roster.presence
    let complete = presence.first { $0.modalities.count == names.count }?.sampleCount ?? 0
    let parts = presence.filter { $0.modalities.count < names.count }
    var cells = ["\(Numerals.grouped(complete)) with \(all(names.count)) modalities"]
    cells += parts.prefix(longest).map {
      "\(Numerals.grouped($0.sampleCount)) with \(described($0.modalities, names: names))"
    }
    let rest = parts.dropFirst(longest).reduce(0) { $0 + $1.sampleCount }
    if rest > 0 { cells.append("\(Numerals.grouped(rest)) with others") }
    return start + ": " + cells.joined(separator: ", ")
  }

  private static func all(_ count: Int) -> String {
    let words = ["both", "all three", "all four", "all five", "all six"]
    return words.indices.contains(count - 2) ? words[count - 2] : "all \(count)"
  }

  private static func described(_ modalities: [Int], names: [String]) -> String {
    switch modalities.count {
    case 1: "\(names[modalities[0]]) alone"
    case names.count - 1:
      "all but \(names.indices.first { !modalities.contains($0) }.map { names[$0] } ?? "")"
    default: modalities.map { names[$0] }.joined(separator: " + ")
    }
  }
}
