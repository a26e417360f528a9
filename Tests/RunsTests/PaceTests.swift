import Testing

@testable import Runs

@Suite struct PaceTests {
  @Test func `a steady pace is told exactly`() throws {
    var pace = Pace()
    #expect(pace.seconds(forCycles: 5) == nil && pace.samplesPerSecond == 0)
    for _ in 0..<100 { pace.note(cycles: 2, samples: 128, inSeconds: 1) }
    let left = try #require(pace.seconds(forCycles: 10))
    #expect(abs(left - 5) < 1e-9 && abs(pace.samplesPerSecond - 128) < 1e-9)
  }

  @Test func `a pause is forgotten after some minutes`() throws {
    var pace = Pace()
    for _ in 0..<60 { pace.note(cycles: 1, samples: 10, inSeconds: 1) }
    pace.note(cycles: 1, samples: 10, inSeconds: 600)
    let during = try #require(pace.seconds(forCycles: 1))
    #expect(during > 100)
    for _ in 0..<300 { pace.note(cycles: 1, samples: 10, inSeconds: 1) }
    let after = try #require(pace.seconds(forCycles: 1))
    #expect(after > 1 && after < 1.1)
  }

  @Test func `what is a minute old counts a third`() {
    var pace = Pace()
    pace.note(cycles: 1, samples: 60, inSeconds: 0.001)
    pace.note(cycles: 1, samples: 0, inSeconds: 60)
    #expect(abs(pace.samplesPerSecond * 60 - 60 / 2.718_281_828) < 0.01)
  }
}
