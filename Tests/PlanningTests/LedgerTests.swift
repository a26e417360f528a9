import TestSupport
import Testing

@testable import Planning

@Suite struct LedgerTests {
  @Test func `node after node is filled in the order of ranks`() {
    let placement = Placement(MadeUp.run(3, ranks: 2, threads: 2), on: Cluster(nodes: 2, cores: 8))
    #expect(placement.nodes == [0, 0, 0, 0, 0, 1, 1])
    #expect(placement.groups == [1..<3, 3..<5, 5..<7] && placement.threads == [8, 4])
    // Two ranks of 3 threads do not share a node of 4 cores; the third has no node of its own.
    let crowded = Placement(MadeUp.run(3, threads: 3), on: Cluster(nodes: 2, cores: 4))
    #expect(crowded.nodes == [0, 0, 1, 0] && crowded.threads == [6, 3])
  }

  @Test func `traffic is what messages, features and gradients have`() {
    let one = MadeUp.model().predict(MadeUp.run(2)).ranks
    #expect(one.map(\.role) == ["coordinator", "video0", "video1"])
    let (sent, received): ([Double], [Double]) = ([832, 512, 512], [1024, 416, 416])
    #expect(one.map(\.sent) == sent && one.map(\.received) == received)
    // Two replicas on two nodes: all of 1.5 MB each way, 4 x 8 x 9 = 288 bytes of features.
    let two = MadeUp.model(nodes: 2, cores: 1).predict(MadeUp.run(ranks: 2)).ranks
    #expect(two.map(\.role) == ["coordinator", "video0/0", "video0/1"])
    let both: [Double] = [416, 1_500_000 + 512 + 288, 1_500_000 + 288]
    #expect(two.map(\.sent) == both)
    #expect(two.map(\.node) == [0, 0, 1])
  }

  @Test func `replicas of a node hold weights and the optimizer's memory once`() {
    let found = MadeUp.model().predict(MadeUp.run(ranks: 2))
    // Half of 1.5 + 1.5 MB, 1.5 MB of gradients, half of 16 MB, 2 and 0.5 MB.
    let rank = 0.75e6 + 0.75e6 + 1.5e6 + 8e6 + 2.5e6
    expectClose([found.ranks[1].memory, found.ranks[2].memory], [rank, rank], relative: 1e-12)
    // P, head, gradient, step and velocity: 8 x 81 + 16 x 100.
    let node: Double = 2 * rank + 8 * 81 + 1600
    expectClose(found.memory, [node], relative: 1e-12)
    // Three ranks' messages; weights once, gradients of both, the velocity.
    let shared: Double = 3 * 64 * 1_048_576 + 3 * 1.5e6 + 1.5e6
    expectClose(found.sharedMemory, [shared], relative: 1e-12)
  }

  @Test func `advice says what binds then`() throws {
    let model = MadeUp.model()
    let advice = model.advice(for: MadeUp.run())
    let first = try #require(advice.first)
    #expect(first.change == "video0 on 4 ranks")
    #expect(first.cycle == model.predict(MadeUp.run(ranks: 4)).cycle)
    #expect(!advice.contains { $0.change.contains("8 ranks") }, "there are four cores")
  }
}
