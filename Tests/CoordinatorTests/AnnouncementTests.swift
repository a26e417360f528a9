import MLA
import MPI
import Methods
import Networks
import Tensors
import Testing

@testable import Coordinator
@testable import Exchange

/// Who is told that its turn is near.
@Suite struct AnnouncementTests {
  /// Workers that answer every head at once with an update of one sample.
  private final class Answering: Transport {
    enum Event: Equatable {
      case sent(to: Int)
      case taken(from: Int)
      case announced(to: Int)
    }

    let (worldRank, worldSize, othersRun) = (0, 4, false)
    private(set) var events: [Event] = []
    private var turn = 0

    func post(_ frame: Frame, to rank: Int) {
      turn = frame.number
      events.append(.sent(to: rank))
    }
    func ring(_ rank: Int) { events.append(.announced(to: rank)) }
    func reclaim() -> Frame? { nil }
    func push(atMost duration: Duration) {}
    func take(
      from rank: Int, into frame: Frame, within limit: Duration, meanwhile: () throws -> Void
    ) throws -> Bool {
      events.append(.taken(from: rank))
      var update = HeadUpdate(meanFeature: Buffer([1, 0]), gradient: Buffer(6))
      update.totals = TrainingTotals(samples: 1, correct: 0, lossSum: 1)
      frame.reset(kind: HeadUpdate.kind, number: turn)
      try update.write(to: frame)
      return true
    }
    func hasMessage(from rank: Int) -> Bool { false }
    func poll(from rank: Int, into frame: Frame) -> Bool { false }
    func leavingCount(to rank: Int) -> Int { 0 }
    func wait(areRung: Bool, within limit: Duration, until isOver: () throws -> Bool) -> Bool {
      false
    }
    func canShareMemory(with rank: Int) -> Bool { false }
    func makeShared(_ byteCount: Int) throws -> SharedMemory { throw ExchangeError.interrupted }
    func openShared(_ name: String, byteCount: Int) throws -> SharedMemory {
      throw ExchangeError.interrupted
    }
    func closeShared(_ memory: SharedMemory) {}
    func drain(within limit: Duration) -> Int? { nil }
  }

  @Test func `the modality of the next turn that has samples is told before the head is moved`()
    throws
  {
    let transport = Answering()
    var options = HeadGradientModification()
    options.isEnabled = false
    let service = AlternatingService(
      head: SharedHead(
        Head(classCount: 2, featureCount: 2), modalityCount: 3, options: options,
        optimizer: OptimizerOptions()),
      endpoint: Endpoint(transport, deadline: .seconds(60)), leaders: [1, 2, 3],
      learningRate: { _ in 0.1 })
    // The second modality has no samples in the first cycle.
    let rows = [[[[0], [], [0]], [[0], [0], [0]]]]
    let everywhere: [Int32] = [0]
    let plan = TrainingPlan(
      roster: Roster(sampleCount: 1, rows: Array(repeating: everywhere, count: 3)),
      sampling: .explicit(rows), batchSize: 1, order: [0, 1, 2], seed: 0)
    var totals = Array(repeating: TrainingTotals(), count: 3)
    try service.train(plan.epoch(0), adding: &totals)
    let served = [1, 3, 1, 2, 3]
    var expected: [Answering.Event] = []
    for (place, rank) in served.enumerated() {
      expected += [.sent(to: rank), .taken(from: rank)]
      if place + 1 < served.count { expected.append(.announced(to: served[place + 1])) }
    }
    #expect(transport.events == expected)
  }
}
