import Exchange
import Testing

@testable import Coordinator

@Suite struct CycleTimerTests {
  @Test func `segments end with warming up, with epochs, and with the last cycle`() {
    let directives = CycleTimer.directives(warmUp: 3, count: 6, cyclesPerEpoch: 4)
    #expect(directives.map(\.epoch) == [0, 0, 1, 2])
    #expect(directives.map(\.cycles) == [0..<3, 3..<4, 0..<4, 0..<1])
    #expect(directives.map(\.isReported) == [true, false, false, true])
    #expect(directives.map(\.isLast) == [false, false, false, true])
    #expect(directives.allSatisfy { $0.checkpoint.isEmpty && $0.evaluate == nil })
  }

  @Test func `an epoch may be one cycle, and warming up several epochs`() {
    let directives = CycleTimer.directives(warmUp: 2, count: 2, cyclesPerEpoch: 1)
    #expect(directives.map(\.epoch) == [0, 1, 2, 3])
    #expect(directives.map(\.isReported) == [false, true, false, true])
  }

  @Test func `a cycle lasts from the end of the one before`() {
    let ends = CycleEnds()
    for cycle in [0, 0, 1, 2, 2] { ends.note(cycle) }
    #expect(ends.durations(from: 0, to: 3).count == 2)
    #expect(ends.durations(from: 1, to: 3).count == 1)
    #expect(ends.durations(from: 0, to: 1).isEmpty && ends.durations(from: 2, to: 5).isEmpty)
    #expect(ends.durations(from: 0, to: 3).allSatisfy { $0 >= 0 })
  }
}
