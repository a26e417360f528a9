import Exchange
import Planning
import Synchronization
import Testing

@testable import Runs

@Suite struct LinkProbeTests {
  @Test func `every size is measured, streams go all ways, and the others go home`() throws {
    let found = Mutex<(awake: Curve, asleep: Curve, rates: [Double])?>(nil)
    try OneProcess.run(ranks: 3, deadline: .seconds(60)) { endpoint in
      let probe = LinkProbe(endpoint, pause: 1e-6)
      guard endpoint.worldRank == 0 else { return try probe.serve() }
      let (awake, asleep) = try probe.latencies(to: 2)
      let streams = try probe.streams(to: 1)
      let rates = [streams.oneWay, streams.bothWays, try probe.stream(from: [1, 2])]
      try probe.end()
      found.withLock { $0 = (awake, asleep, rates) }
    }
    let (awake, asleep, rates) = try #require(found.withLock { $0 })
    #expect(awake.points.map(\.size) == NetworkProfile.sizes.map(Double.init))
    #expect(zip(awake.points, asleep.points).allSatisfy { $0.value > 0 && $0.value <= $1.value })
    #expect(rates.allSatisfy { $0 > 0 && $0.isFinite })
  }
}
