import Glibc
import Synchronization

/// The helper threads of this process, all but the caller; see `Threads`.
///
/// One atomic flag says that the team is taken: a second caller, or a split within a split, finds it
/// so and computes alone. That is also what a forked child does, which has no helpers.
final class ThreadTeam: @unchecked Sendable {
  /// What a piece of work is computed by.
  typealias Body = (Range<Int>, _ lane: Int) -> Void

  static let shared = ThreadTeam()

  private let isTaken = Atomic(false)
  private let isOrphaned = Atomic(false)
  private let wanted = Atomic(1)
  private let unfinished = Atomic(0)
  private let finished = Gate()
  private var helpers: [Helper] = []
  private var knowsForks = false

  /// The number of threads, the caller's among them.
  var size: Int { wanted.load(ordering: .relaxed) }

  /// Whether who waits may look on for a moment: each thread has a core of its own.
  var maySpin: Bool { size <= Gate.cores }

  /// The lane of the calling thread: 0 for all but helpers.
  static var lane: Int { Int(bitPattern: pthread_getspecific(Helper.laneKey)) }

  /// Waits until the team is free, and ends helpers that are too many.
  func resize(to size: Int) {
    precondition(size > 0, "a team of \(size)")
    while !take() {
      if isOrphaned.load(ordering: .relaxed) { return }
      sched_yield()
    }
    while helpers.count >= size { helpers.removeLast().end() }
    wanted.store(size, ordering: .relaxed)
    isTaken.store(false, ordering: .releasing)
  }

  /// Runs `body` in pieces, the first in the calling thread; false, and nothing done, if the team is
  /// taken.
  func run(_ count: Int, grain: Int, pieces: Int, _ body: Body) -> Bool {
    guard take() else { return false }
    defer { isTaken.store(false, ordering: .releasing) }
    while helpers.count + 1 < wanted.load(ordering: .relaxed), start() {}
    let pieces = min(pieces, helpers.count + 1)
    let grains = (count + grain - 1) / grain
    func border(_ piece: Int) -> Int { min(count, grains * piece / pieces * grain) }

    unfinished.store(pieces - 1, ordering: .relaxed)
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { body in
        for piece in 1..<pieces {
          helpers[piece - 1].take(body, border(piece)..<border(piece + 1))
        }
        body.pointee(0..<border(1), 0)
        if pieces > 1 { finished.pass(spinning: maySpin) }
      }
    }
    return true
  }

  /// Called by a helper at the end of its piece.
  func finish() {
    let left = unfinished.subtract(1, ordering: .acquiringAndReleasing).newValue
    if left == 0 { finished.open() }
  }

  private func take() -> Bool {
    isTaken.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing)
      .exchanged
  }

  /// One more helper; false, and no further wish for one, if the system refuses it.
  private func start() -> Bool {
    if !knowsForks {
      // A child inherits no helper, and maybe a job that nobody will end.
      pthread_atfork(nil, nil) {
        ThreadTeam.shared.isTaken.store(true, ordering: .relaxed)
        ThreadTeam.shared.isOrphaned.store(true, ordering: .relaxed)
      }
      knowsForks = true
    }
    guard let helper = Helper(lane: helpers.count + 1, of: self) else {
      wanted.store(helpers.count + 1, ordering: .relaxed)
      return false
    }
    helpers.append(helper)
    return true
  }
}
