import Testing

@testable import Exchange

@Suite struct WaitingTests {
  @Test func `pauses grow with the time waited and stay between 50 us and 1 ms`() {
    #expect(Backoff.length(after: .zero) == .microseconds(50))
    #expect(Backoff.length(after: .milliseconds(1)) == .microseconds(50))
    #expect(Backoff.length(after: .milliseconds(10)) == .microseconds(500))
    #expect(Backoff.length(after: .seconds(300)) == .milliseconds(1))
  }

  @Test func `a wait whose deadline is over does not pause`() throws {
    var over = Backoff(atMost: .zero, looks: .seconds(60))
    #expect(try !over.pause())
    var open = Backoff(atMost: .seconds(60))
    #expect(try open.pause())
  }

  @Test func `a wait sleeps as its forecast says, unless something is leaving meanwhile`() throws {
    var wait = Backoff(atMost: .seconds(60), sign: .none(certain: .milliseconds(30)))
    #expect(try wait.pause(sends: true))
    #expect(!wait.overslept)
    #expect(try wait.pause())
    #expect(wait.overslept)
    while wait.elapsed < .milliseconds(30) { #expect(try wait.pause()) }
    #expect(try wait.pause())
    #expect(!wait.overslept)
  }

  @Test func `a forecast is nine tenths of the shortest of the last four waits`() {
    var forecast = WaitForecast()
    for milliseconds in [50, 20, 30] {
      forecast.note(.milliseconds(milliseconds), overslept: false)
      #expect(forecast.certain == .zero)
    }
    forecast.note(.milliseconds(40), overslept: false)
    #expect(forecast.certain == .milliseconds(18))
    for _ in 0..<2 { forecast.note(.milliseconds(60), overslept: false) }
    #expect(forecast.certain == .milliseconds(27))
  }

  @Test func `a forecast knows the longest of the last four waits, once there are four`() {
    var forecast = WaitForecast()
    for microseconds in [500, 20, 30] {
      forecast.note(.microseconds(microseconds))
      #expect(forecast.longest == .zero && !forecast.isKnown)
    }
    forecast.note(.microseconds(40))
    #expect(forecast.longest == .microseconds(500) && forecast.isKnown)
    forecast.note(.microseconds(10))
    #expect(forecast.longest == .microseconds(40))
  }

  @Test func `a core is asked for again after ten microseconds`() {
    let began = ContinuousClock.now
    func isFree(_ count: Int?) -> Bool {
      var core = FreeCore { count }
      return core.isFree(at: began)
    }
    #expect(isFree(1) && !isFree(1_000_000) && !isFree(nil))
    var times = 0
    var changing = FreeCore {
      times += 1
      return times == 1 ? 1 : 1_000_000
    }
    let looks = [0, 9, 11].map { changing.isFree(at: began + .microseconds($0)) }
    #expect(looks == [true, true, false])
    #expect(times == 2)
  }

  @Test func `a wait that a forecast made too long halves the next forecasts`() {
    var forecast = WaitForecast()
    for _ in 0..<4 { forecast.note(.milliseconds(20), overslept: false) }
    forecast.note(.milliseconds(19), overslept: true)
    #expect(forecast.certain == .milliseconds(9) * 9 / 10)
    forecast.note(.milliseconds(9), overslept: true)
    #expect(forecast.certain < .milliseconds(5))
  }

  @Test func `time in which a rank did not run is not waited`() {
    let began = ContinuousClock.now
    var patience = Patience(.seconds(8), now: began)
    for second in 1...4 {
      let left = patience.left(now: began + .seconds(second))
      #expect(left == .seconds(8 - second))
    }
    #expect(patience.left(now: began + .seconds(3600)) == .seconds(3))
    #expect(patience.left(now: began + .seconds(3601)) == .seconds(2))
    #expect(patience.left(now: began + .seconds(7200)) == .seconds(1))
    #expect(patience.left(now: began + .seconds(7201)) == .zero)
  }

  @Test func `a queue gives frames in the order in which they came`() {
    var queue = FrameQueue()
    var pending: [Frame] = []
    for round in 0..<1000 {
      for _ in 0..<(round % 7) {
        let frame = Frame()
        queue.append(frame)
        pending.append(frame)
      }
      for _ in 0..<(round % 5) where !pending.isEmpty {
        #expect(queue.popFirst() === pending.removeFirst())
      }
    }
    while !pending.isEmpty { #expect(queue.popFirst() === pending.removeFirst()) }
    #expect(queue.isEmpty)
    #expect(queue.popFirst() == nil)
  }

  @Test(arguments: [(0.3, "0.3"), (9.96, "10.0"), (12.4, "12"), (300, "300")])
  func `a deadline's message says how long`(seconds: Double, words: String) {
    let error = ExchangeError.deadlineExceeded(
      waiter: "rank 0", awaited: "rank 2 (modality audio, host node3)",
      purpose: "headUpdate of turn 41", seconds: seconds)
    #expect(
      error.description
        == "rank 0 has waited \(words) s for rank 2 (modality audio, host node3) (headUpdate of turn 41); it may be stuck or cut off. Look at that rank, or raise execution.deadline"
    )
  }
}
