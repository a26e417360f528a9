import Exchange
import Testing

@Suite struct RankLayoutTests {
  @Test func `the ranks of a modality follow each other, after the coordinator`() {
    let layout = RankLayout(ranksPerModality: [1, 4, 2])
    #expect(layout.groups == [1..<2, 2..<6, 6..<8])
    #expect(layout.leaders == [1, 2, 6])
    #expect(layout.size == 8)
    #expect((0..<9).map(layout.modality(of:)) == [nil, 0, 1, 1, 1, 1, 2, 2, nil])
  }

  @Test func `a rank knows its place in the group`() {
    let places = RankLayout(ranksPerModality: [1, 3]).places(of: 1)
    #expect(places.map(\.rank) == [2, 3, 4])
    #expect(places.map(\.isLeader) == [true, false, false])
    #expect(places.map(\.leader) == [2, 2, 2])
    #expect(places[1].followers == 3..<5)
    #expect(places[1].others == [2, 4])
    #expect(places[1].described("audio") == "modality audio, replica 2 of 3")
    #expect(GroupPlace.alone(7).described("audio") == "modality audio")
    #expect(GroupPlace.alone(7).followers.isEmpty && GroupPlace.alone(7).others.isEmpty)
  }
}
