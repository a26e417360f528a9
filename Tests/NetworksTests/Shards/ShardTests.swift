import Testing

@testable import Networks

/// Which rows are a shard's, and in which order shards are added.
@Suite struct ShardTests {
  @Test func `shards differ by a sample at most and leave none out`() {
    let sizes: [[Int]: [Int]] = [
      [16, 4]: [4, 4, 4, 4], [10, 4]: [2, 3, 2, 3], [3, 4]: [0, 1, 1, 1], [7, 1]: [7],
      [0, 3]: [0, 0, 0], [5, 2]: [2, 3],
    ]
    for (given, expected) in sizes {
      let shards = Shards(given[1])
      let rows = (0..<given[1]).map { shards.rows(of: $0, in: given[0]) }
      #expect(rows.map(\.count) == expected)
      #expect(rows.flatMap { Array($0) } == Array(0..<given[0]))
      #expect(expected.allSatisfy { $0 <= shards.capacity(given[0]) })
    }
    #expect(Shards(4).capacity(10) == 3 && Shards(8).capacity(64) == 8)
  }

  @Test func `ranks that share the shards have all rows among them`() {
    for ranks in [1, 2, 4, 8] {
      for samples in 0..<40 {
        let own = (0..<ranks).map { Shards(8, own: $0 * 8 / ranks..<($0 + 1) * 8 / ranks) }
        #expect(own.flatMap { Array($0.ownRows(in: samples)) } == Array(0..<samples))
        #expect(own.allSatisfy { $0.ownRows(in: samples).count <= $0.ownCapacity(samples) })
      }
    }
  }

  /// The sum as it is written: `((0+1)+(2+3))`.
  private func sum(_ count: Int) -> String {
    var places = (0..<count).map { "\($0)" }
    for addition in ShardTree.additions(count) {
      places[addition.into] = "(\(places[addition.into])+\(places[addition.from]))"
    }
    return places[0]
  }

  @Test func `neighbours are added first`() {
    #expect(sum(1) == "0")
    #expect(sum(2) == "(0+1)")
    #expect(sum(3) == "((0+1)+2)")
    #expect(sum(4) == "((0+1)+(2+3))")
    #expect(sum(6) == "(((0+1)+(2+3))+(4+5))")
    #expect(sum(8) == "(((0+1)+(2+3))+((4+5)+(6+7)))")
  }

  @Test func `a rank's sum is a part of the sum of all`() {
    for ranks in [2, 4] {
      let own = 8 / ranks
      var parts = (0..<ranks).map { rank in
        var places = (0..<own).map { "\($0 + rank * own)" }
        for addition in ShardTree.additions(own) {
          places[addition.into] = "(\(places[addition.into])+\(places[addition.from]))"
        }
        return places[0]
      }
      for addition in ShardTree.additions(ranks) {
        parts[addition.into] = "(\(parts[addition.into])+\(parts[addition.from]))"
      }
      #expect(parts[0] == sum(8))
    }
  }
}
