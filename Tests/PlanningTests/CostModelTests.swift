import TestSupport
import Testing

@testable import Planning

@Suite struct CostModelTests {
  @Test func `one modality on one rank takes its passes, its step and its part of the head`() {
    let found = MadeUp.model().predict(MadeUp.run())
    let work = found.works[0]
    // 1 ms and 0.4 ms, 416 and 512 bytes read and written at 1 GB/s, two looks of 1 us.
    let head = 0.001 + 0.0004 + 2 * (416 + 512) / 1e9 + 2e-6
    expectClose(
      [work.forward, work.backward, work.step, work.head], [0.04, 0.06, 0.003, head],
      relative: 1e-12)
    #expect(work.gather == 0 && work.exposed == 0 && work.load == 0 && work.skew == 0)
    expectClose([found.cycle], [0.103 + head], relative: 1e-12)
    #expect(found.bounds.first?.kind == .work(0))
    // A turn: two messages to sleepers, 1 ms at the worker, 0.5 ms at the coordinator.
    expectClose(found.turns, [0.0016], relative: 1e-12)
  }

  @Test func `the cycle is the longest loop, not a sum`() {
    // 200 modalities on nodes of their own kind: 200 turns of 1.6 ms, or with 2 ms messages 5.5 ms,
    // against 104 ms of work.
    let many = MadeUp.model(nodes: 200, cores: 1).predict(MadeUp.run(200))
    #expect(many.bounds.first?.kind == .turns)
    let turns = 0.0016 + 199 * 0.0055
    expectClose([many.cycle, many.server], [turns, turns], relative: 1e-12)
    // Ten: their turns hide behind the slowest.
    let few = MadeUp.model(nodes: 10, cores: 1).predict(MadeUp.run(10))
    #expect(few.bounds.first?.kind == .work(0) && few.cycle < 0.105)
  }

  @Test func `each doubling beyond what was measured slows as the last one did`() {
    // A tenth on 2 cores, so 4 tenths on 16.
    let work = MadeUp.model(cores: 16).predict(MadeUp.run(16)).works[0]
    expectClose([work.forward], [0.04 * 1.4], relative: 1e-12)
  }

  @Test func `what a turn absorbs afterwards must be over before the next one ends`() {
    var run = MadeUp.run()
    run.absorptions = 9
    // 0.5 ms and 9 of 0.2 ms are more than the 1.6 ms of the turn.
    expectClose(MadeUp.model().predict(run).turns, [0.0005 + 0.0018], relative: 1e-12)
  }

  @Test func `cores that many share can be the slowest`() {
    // Four ranks on two cores, both of which are busy: 4 x (110 ms + 3 ms) / 2.
    let found = MadeUp.model(cores: 2).predict(MadeUp.run(4))
    #expect(found.bounds.first?.kind == .cores(0))
    expectClose([found.cycle], [0.226], relative: 1e-12)
  }

  @Test func `two replicas on a node halve the passes and sum instead of stepping`() {
    let work = MadeUp.model().predict(MadeUp.run(ranks: 2)).works[0]
    // 8 samples each, a tenth slower beside each other; 1.5 MB at 500 MB/s; 48 + 16 bytes there and back.
    expectClose(
      [work.forward, work.backward, work.step, work.gather],
      [0.02 * 1.1, 0.03 * 1.1, 1.5e6 / 5e8, 2 * 50e-6], relative: 1e-12)
    #expect(work.exposed == 0 && work.norms == 0)
  }

  @Test func `more replicas than were measured sum as memory allows`() {
    // 500 MB/s by two ranks are 3 GB/s of memory: 2 gradients, values and velocity read and written. Four
    // ranks read 2 more: 375 MB/s.
    let work = MadeUp.model().predict(MadeUp.run(ranks: 4)).works[0]
    expectClose([work.step], [1.5e6 / 3.75e8], relative: 1e-12)
  }

  @Test func `between nodes the last bucket is exposed, with the way there and back`() {
    let work = MadeUp.model(nodes: 2, cores: 1).predict(MadeUp.run(ranks: 2)).works[0]
    // 8 samples alone on a node: ready after 10 and 30 ms. Sums take 2 and 1 ms: 12 and 33 ms. The first
    // bucket is on the wire from 12 to 22 ms, the second from 33 to 38 ms. A piece takes 5 ms, 2.62144 of
    // them on the wire, twice.
    let latency = 2 * (0.005 - 262_144 / 1e8)
    expectClose([work.exposed], [0.038 + latency - 0.033], relative: 1e-9)
    expectClose([work.step, work.backward], [0.003, 0.03], relative: 1e-12)
    // 16 + 4 x 16 x 9 / 2 = 304 bytes to a sleeper on another node, there and back.
    expectClose([work.gather], [2 * 0.002], relative: 1e-12)
  }

  @Test func `a wire that is slower than the backward pass decides`() {
    var slow = MadeUp.network
    slow.betweenNodes?.bothWays = 1e7
    let model = CostModel(
      profile: MadeUp.profile(), network: slow, cluster: Cluster(nodes: 2, cores: 1))
    let work = model.predict(MadeUp.run(ranks: 2)).works[0]
    // 12 ms, then 150 ms of wire: over at 162 ms, 129 ms after the pass with its sums. A piece takes less
    // than its 26 ms on this wire: no latency is left.
    expectClose([work.exposed], [0.162 - 0.033], relative: 1e-9)
  }

  @Test func `shards of a rank are calls of their own, forward twice where not all stay`() {
    let calls = MadeUp.model().predict(MadeUp.run(shards: 4)).works[0]
    // Four calls of 4 samples; three times 1.5 MB are added to 1.5 MB, at 1 GB/s.
    expectClose(
      [calls.forward, calls.backward, calls.step], [0.04, 0.06, 0.003 + 3 * 3 * 1.5e6 / 1e9],
      relative: 1e-12)
    var run = MadeUp.run(shards: 4)
    run.modalities[0].atOnce = 2
    expectClose([MadeUp.model().predict(run).works[0].forward], [0.08], relative: 1e-12)
  }

  @Test func `factors travel ahead of the turn, and are measured as what they are`() {
    var run = MadeUp.run()
    run.sendsFactors = true
    // 48 + 4 x 16 x 10 in the turn, 24 + 4 x 16 x 9 ahead of it.
    let found = MadeUp.model().messages(of: run.modalities[0], in: run)
    let expected: [Double] = [416, 688, 600]
    #expect([found.down, found.up, found.ahead] == expected)
    #expect(MadeUp.model().predict(run).ranks[1].sent == 1288)
  }

  @Test func `threads of a rank share its passes and its step`() {
    let work = MadeUp.model().predict(MadeUp.run(threads: 2)).works[0]
    expectClose([work.forward, work.backward, work.step], [0.02, 0.03, 0.0015], relative: 1e-12)
  }

  @Test func `synchronised norms exchange sums twice a norm`() {
    var run = MadeUp.run(ranks: 2)
    run.modalities[0].synchronisesNorms = true
    // Two norms, forward and backward, a message to a sleeper each.
    expectClose([MadeUp.model().predict(run).works[0].norms], [4 * 50e-6], relative: 1e-12)
  }

  @Test func `loading hides behind work where it is done ahead, and adds where not`() {
    var slow = MadeUp.modality()
    slow.load = .init(exactly: 0.01)
    let hidden = MadeUp.model([slow]).predict(MadeUp.run())
    #expect(hidden.bounds.first?.kind == .loading(0))
    expectClose([hidden.cycle], [0.16], relative: 1e-12)
    slow.isLoadedAhead = false
    let added = MadeUp.model([slow]).predict(MadeUp.run())
    expectClose([added.works[0].load], [0.16], relative: 1e-12)
    #expect(added.cycle > 0.26)
  }

  @Test func `a group waits for its slowest rank`() {
    let noisy = MadeUp.model([MadeUp.modality(spread: 0.01)]).predict(MadeUp.run(ranks: 2)).works[0]
    // A spread of 1 % is a deviation of 1 / 0.6745 %, and the later of two is 0.5642 of that late.
    let rest = noisy.seconds - noisy.skew
    expectClose([noisy.skew], [rest * 0.01 / 0.6745 * 0.5642], relative: 1e-12)
    #expect(MadeUp.model([MadeUp.modality(spread: 0.01)]).predict(MadeUp.run()).works[0].skew == 0)
  }

  @Test func `the coordinator's link counts what other nodes send`() {
    var slow = MadeUp.network
    slow.betweenNodes?.into = Curve([.init(1, 1e4)])
    let model = CostModel(
      profile: MadeUp.profile(), network: slow, cluster: Cluster(nodes: 4, cores: 1))
    // Three of four modalities are elsewhere: 3 x 512 bytes at 10 kB/s.
    let found = model.predict(MadeUp.run(4))
    expectClose([found.cycle], [3 * 512 / 1e4], relative: 1e-12)
    #expect(found.bounds.first?.kind == .link)
  }

  @Test func `more cores, less noise, more bandwidth never make it slower`() {
    for ranks in [1, 2, 4, 8, 16] {
      let cycles = [1, 2, 4, 8, 16].map {
        MadeUp.model(cores: $0).predict(MadeUp.run(2, ranks: ranks)).cycle
      }
      #expect(cycles == cycles.sorted(by: >), "\(ranks) ranks: \(cycles)")
    }
    let many = [1, 2, 4, 8].map { MadeUp.model(cores: 64).predict(MadeUp.run($0)).server }
    #expect(many == many.sorted(), "more modalities, more turns")
    let works = [1, 2, 4, 8].map {
      MadeUp.model(cores: 64).predict(MadeUp.run(ranks: $0)).works[0].forward
    }
    #expect(works == works.sorted(by: >), "more ranks, fewer samples each")
  }
}
