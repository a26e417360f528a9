import Configuration
import Coordinator
import Exchange
import Glibc
import Methods
import TestSupport
import Testing
import Worker

@testable import Runs

/// What `cycles` tells of a run in this process.
@Suite struct CyclesTests {
  private static func timed(
    _ method: any TrainingMethod, warmUp: Int = 3, count: Int = 4
  ) throws -> TimedCycles {
    var configuration = RunConfiguration.demo(seed: 3)
    configuration.method = MethodChoice(method)
    configuration.batchSize = 256
    let found = Box<TimedCycles?>(nil)
    try OneProcess.run(ranks: 3, deadline: .seconds(60)) { [configuration] endpoint in
      guard endpoint.worldRank == 0 else {
        return try WorkerSession.serve(endpoint, host: "here")
      }
      let job = Job(
        endpoint: endpoint, host: "here", console: Console(.output, descriptor: STDOUT_FILENO))
      found.value = try job.time(configuration, warmUp: warmUp, count: count)
      for rank in 1..<3 { try endpoint.send(Assignment.dismissed, to: rank) }
    }
    return try #require(found.value)
  }

  private static let methods: [any TrainingMethod] = [
    AlternatingAdaptation(), JointConcatenation(), SeparateTraining(),
  ]

  @Test func `every method's cycles are timed, with where the time of ranks goes`() throws {
    for method in Self.methods {
      let timed = try Self.timed(method)
      #expect(timed.cycles.count == 3 && timed.cycles.allSatisfy { $0 > 0 }, "\(method)")
      #expect(timed.workers.map(\.rank) == [1, 2] && timed.workers[0].role == "strong")
      #expect(timed.weightsDigest.count == 64 && timed.coordinatorBusySeconds >= 0)
      for phases in timed.workers.map(\.phases) {
        let parts = [phases.load, phases.forward, phases.backward, phases.waiting]
        #expect(parts.allSatisfy { $0 > 0 } || method is SeparateTraining, "\(method): \(phases)")
        #expect(parts.reduce(0, +) <= phases.training, "\(method): \(phases)")
        #expect(phases.exchange >= 0)
      }
    }
  }

  @Test func `weights depend on the cycles alone, not on where the clock started`() throws {
    let method = AlternatingAdaptation()
    let digest = try Self.timed(method, warmUp: 3, count: 4).weightsDigest
    #expect(try Self.timed(method, warmUp: 5, count: 2).weightsDigest == digest)
    #expect(try Self.timed(method, warmUp: 3, count: 5).weightsDigest != digest)
  }
}
