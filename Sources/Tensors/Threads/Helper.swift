import Glibc

/// A thread that computes the pieces it is given, one after the other, until it is ended.
final class Helper: @unchecked Sendable {
  /// Where a thread keeps its lane.
  static let laneKey = {
    var key = pthread_key_t()
    let code = pthread_key_create(&key, nil)
    precondition(code == 0, "no room for a thread's own value")
    return key
  }()

  private let lane: Int
  private unowned let team: ThreadTeam
  private let gate = Gate()
  private var thread = pthread_t()
  /// nil: the thread shall end.
  private var body: UnsafePointer<ThreadTeam.Body>?
  private var range = 0..<0

  /// Starts the thread; nil if the system has no room for one.
  init?(lane: Int, of team: ThreadTeam) {
    self.lane = lane
    self.team = team
    // Signals are for the thread that waits for them: a helper, like all that it starts, blocks
    // every one, and must do so from its first instruction on.
    var (all, before) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let itself = Unmanaged.passRetained(self)
    let code = pthread_create(
      &thread, nil,
      { given in
        guard let given else { return nil }
        Unmanaged<Helper>.fromOpaque(given).takeRetainedValue().work()
        return nil
      }, itself.toOpaque())
    guard code == 0 else {
      itself.release()
      return nil
    }
  }

  /// Has the thread compute a piece; `body` must stay until the team has been told the end of it.
  func take(_ body: UnsafePointer<ThreadTeam.Body>, _ range: Range<Int>) {
    self.body = body
    self.range = range
    gate.open()
  }

  /// Ends the thread, which must not be computing.
  func end() {
    body = nil
    gate.open()
    pthread_join(thread, nil)
  }

  private func work() {
    pthread_setspecific(Self.laneKey, UnsafeRawPointer(bitPattern: lane))
    while true {
      gate.pass(spinning: team.maySpin)
      guard let body else { return }
      compute(body)
      team.finish()
    }
  }

  /// Not inlined, so that no reference to what the closure holds is left when the team is told.
  @inline(never)
  private func compute(_ body: UnsafePointer<ThreadTeam.Body>) {
    body.pointee(range, lane)
  }
}
