import Exchange
import MLA
import Testing

@testable import Runs

@Suite struct PresenceTests {
  private func roster(_ rows: [[Int32]]) -> Roster {
    Roster(sampleCount: rows.first?.count ?? 0, rows: rows)
  }

  private func lines(_ train: [[Int32]], _ names: [String]) -> [String] {
    let none = roster(names.map { _ in [] })
    return PresenceLines.of(
      Rosters(train: roster(train), validation: none, test: none), names: names)
  }

  @Test func `samples are counted by the modalities that they have`() {
    let found = roster([[0, 1, -1, 2, -1], [-1, 0, -1, 1, 2]]).presence
    #expect(found.map(\.modalities) == [[0, 1], [], [0], [1]])
    #expect(found.map(\.sampleCount) == [2, 1, 1, 1])
  }

  @Test func `complete samples come first, even if there are none`() {
    #expect(
      lines([[0, 1, -1], [0, -1, 1]], ["a", "b"]) == [
        "3 training samples: 1 with both modalities, 1 with a alone, 1 with b alone"
      ])
    #expect(
      lines([[0, 1, 2], [-1, -1, -1], [-1, 0, 1]], ["a", "b", "c"]) == [
        "3 training samples: 0 with all three modalities, 2 with all but b, 1 with a alone"
      ])
    #expect(
      lines([[0], [0], [-1], [-1]], ["a", "b", "c", "d"]) == [
        "1 training sample: 0 with all four modalities, 1 with a + b"
      ])
    #expect(lines([[0, 1]], ["a"]) == ["2 training samples"])
  }

  @Test func `each split that has samples has a line, thousands set apart`() {
    let many = [Int32](0..<1234)
    #expect(
      PresenceLines.of(
        Rosters(
          train: roster([many, many]), validation: roster([[0], [-1]]), test: roster([[], []])),
        names: ["a", "b"]) == [
          "1,234 training samples: 1,234 with both modalities",
          "1 validation sample: 0 with both modalities, 1 with a alone",
        ])
  }

  @Test func `of many combinations only the frequent ones are named`() {
    let names = (0..<8).map { "m\($0)" }
    // Sample s has modality s alone, and a ninth has all.
    let rows = names.indices.map { m in (0..<9).map { Int32($0 == m || $0 == 8 ? 0 : -1) } }
    #expect(
      lines(rows, names) == [
        "9 training samples: 1 with all 8 modalities, 1 with m0 alone, 1 with m1 alone, 1 with m2 alone, 1 with m3 alone, 1 with m4 alone, 1 with m5 alone, 2 with others"
      ])
  }
}
