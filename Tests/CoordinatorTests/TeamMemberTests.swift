import Exchange
import Testing

@testable import Coordinator

@Suite struct TeamMemberTests {
  private static let nothing = Inventory.Split(ids: [], labels: [])

  /// The ranks of a modality, on these hosts, with data of these digests.
  private func group(
    from first: Int = 1, on hosts: [String], digests: [String]? = nil, needed: Int = 0,
    shared: Int = 0
  ) -> [TeamMember] {
    let places = GroupPlace(ranks: first..<first + hosts.count, index: 0).all
    return zip(places, hosts).map { place, host in
      var inventory = Inventory(
        host: host, sampleShape: [1], train: Self.nothing, test: Self.nothing,
        digest: digests?[place.index] ?? "d", neededByteCount: needed)
      inventory.sharedByteCount = shared
      return TeamMember(name: place.described("film"), place: place, inventory: inventory)
    }
  }

  @Test func `ranks with other data than their leader are refused, each by its name`() throws {
    let endpoint = Endpoint.unconnected
    endpoint.describe(3, as: "modality film, replica 3 of 3, host n2")
    try TeamMember.check([group(on: ["n1", "n1"])], endpoint)
    let error = #expect(throws: CoordinatorError.self) {
      try TeamMember.check([group(on: ["n1", "n1", "n2"], digests: ["d", "d", "e"])], endpoint)
    }
    #expect(
      error?.description
        == "rank 3 (modality film, replica 3 of 3, host n2) has other data than rank 1 on host n1, with which it shares the mini-batches (ids, labels, sizes or values differ); all ranks of a modality read the same files"
    )
  }

  @Test func `a group on several hosts is told of`() {
    #expect(TeamMember.span(group(on: ["n1", "n1"])) == nil)
    #expect(
      TeamMember.span(group(on: ["n1", "n1", "n2", "n2"]))
        == "modality film has ranks on 2 hosts (n1, n2): features of its samples, gradients and weights cross between them"
    )
    #expect(TeamMember.hosts(of: group(on: ["n2", "n1", "n2"])) == ["n2", "n1"])
  }

  @Test func `what ranks of a modality share is counted once a host`() {
    let film = group(on: ["n", "n", "n"], needed: 100, shared: 60)
    let other = group(from: 4, on: ["n"], needed: 10)
    #expect(TeamMember.needs(film + other).map(\.byteCount) == [100, 40, 40, 10])
    #expect(TeamMember.needs(film + other)[1].name == "modality film, replica 2 of 3")
  }
}
