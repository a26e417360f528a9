import Testing

@testable import Exchange

@Suite struct RankSetTests {
  @Test(arguments: [1, 63, 64, 65, 200])
  func `the next rank is found by going round, the rank itself last`(count: Int) {
    let members = (0..<count).filter { $0 % 7 == 3 || $0 == count - 1 || $0 == 64 }
    var set = RankSet(count: count)
    for rank in 0..<count { #expect(set.next(after: rank) == nil) }
    for rank in 0..<count { set.insert(rank) }
    for rank in 0..<count where !members.contains(rank) { set.remove(rank) }
    for rank in 0..<count {
      let expected = (1...count).map { (rank + $0) % count }.first(where: members.contains)
      #expect(set.next(after: rank) == expected)
    }
  }
}
