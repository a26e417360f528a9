import Glibc

/// A thread that computes the pieces it is given, one after the other, until it is ended.
final class Helper: @unchecked Sendable {
  private let lane: Int
  private let countdown: Countdown
  /// The team, which outlives its helpers: a reference would keep it alive.
  private let team: UnsafeMutableRawPointer
  private let gate = Gate()
  private var thread = pthread_t()
  /// nil: the thread shall end.
  private var body: UnsafePointer<ThreadTeam.Body>?
  private var range = 0..<0
  private var spins = false

  /// Starts the thread; nil if the system has no room for one.
  init?(lane: Int, of team: ThreadTeam, _ countdown: Countdown) {
    self.lane = lane
    self.team = Unmanaged.passUnretained(team).toOpaque()
    self.countdown = countdown
    guard let started = QuietThread.start({ [self] in work() }) else { return nil }
    thread = started
  }

  /// Has the thread compute a piece; `body` must stay until the countdown has heard the end of it.
  /// `spinning` is how the thread then waits for the next.
  func take(
    _ body: UnsafePointer<ThreadTeam.Body>, _ range: Range<Int>, spinning: Bool
  ) {
    self.body = body
    self.range = range
    spins = spinning
    gate.open()
  }

  /// Ends the thread, which must not be computing.
  func end() {
    body = nil
    gate.open()
    pthread_join(thread, nil)
  }

  private func work() {
    ThreadValues.currentLane = lane
    pthread_setspecific(ThreadValues.team, team)
    gate.pass(spinning: false)
    while let body {
      compute(body)
      let spins = spins
      countdown.finishOne()
      gate.pass(spinning: spins)
    }
  }

  /// Not inlined, so that no reference to what the closure holds is left when it is told.
  @inline(never)
  private func compute(_ body: UnsafePointer<ThreadTeam.Body>) {
    body.pointee(range, lane)
  }
}
