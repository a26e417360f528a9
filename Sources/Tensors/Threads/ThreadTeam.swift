import Glibc
import Synchronization

/// Helper threads and who gives them work; see `Threads`.
///
/// One atomic flag says that a team is taken: a second caller, or a split within a split, finds it
/// so and computes alone. That is also what a forked child does, which has no helpers.
final class ThreadTeam: @unchecked Sendable {
  /// What a piece of work is computed by.
  typealias Body = (Range<Int>, _ lane: Int) -> Void

  private static let shared = ThreadTeam(size: 1)
  private static let isForked = Atomic(false)
  private static let knowsForks: Void = {
    pthread_atfork(nil, nil) { ThreadTeam.isForked.store(true, ordering: .relaxed) }
  }()

  private let isTaken = Atomic(false)
  private let wanted: Atomic<Int>
  private let productsByOpenBLAS: Atomic<Bool>
  private let countdown = Countdown()
  private var helpers: [Helper] = []

  /// A team of `size` threads, the caller's among them, whose helpers start when they are needed.
  init(size: Int, products: Products = .standard) {
    precondition(size > 0, "a team of \(size)")
    wanted = Atomic(size)
    productsByOpenBLAS = Atomic(products == .openblas)
  }

  deinit { for helper in helpers { helper.end() } }

  /// The team that the calling thread shares its work with: its own, or that of the process.
  static var current: ThreadTeam {
    guard let own = pthread_getspecific(ThreadValues.team) else { return shared }
    return Unmanaged<ThreadTeam>.fromOpaque(own).takeUnretainedValue()
  }

  /// Calls `body` with this as the calling thread's team.
  func asCurrent<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let before = pthread_getspecific(ThreadValues.team)
    pthread_setspecific(ThreadValues.team, Unmanaged.passUnretained(self).toOpaque())
    defer { pthread_setspecific(ThreadValues.team, before) }
    return try body()
  }

  /// Who computes the products of matrices of those who share their work with this team.
  var products: Products {
    get { productsByOpenBLAS.load(ordering: .relaxed) ? .openblas : .portable }
    set { productsByOpenBLAS.store(newValue == .openblas, ordering: .relaxed) }
  }

  /// The number of threads, the caller's among them.
  var size: Int { wanted.load(ordering: .relaxed) }

  /// Waits until the team is free, and ends helpers that are too many.
  func resize(to size: Int) {
    precondition(size > 0, "a team of \(size)")
    while !take() {
      if Self.isForked.load(ordering: .relaxed) { return }
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
    while helpers.count + 1 < size, start() {}
    let pieces = min(pieces, helpers.count + 1)
    let grains = (count + grain - 1) / grain
    func border(_ piece: Int) -> Int { min(count, grains * piece / pieces * grain) }

    // Who waits may look on for a moment if each thread has a core of its own.
    let spins = size <= Gate.cores
    countdown.start(pieces - 1)
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { body in
        for piece in 1..<pieces {
          helpers[piece - 1].take(body, border(piece)..<border(piece + 1), spinning: spins)
        }
        body.pointee(0..<border(1), 0)
        if pieces > 1 { countdown.wait(spinning: spins) }
      }
    }
    return true
  }

  private func take() -> Bool {
    guard !Self.isForked.load(ordering: .relaxed) else { return false }
    return isTaken.compareExchange(
      expected: false, desired: true, ordering: .acquiringAndReleasing
    ).exchanged
  }

  /// One more helper; false, and no further wish for one, if the system refuses it.
  private func start() -> Bool {
    Self.knowsForks
    guard let helper = Helper(lane: helpers.count + 1, of: self, countdown) else {
      wanted.store(helpers.count + 1, ordering: .relaxed)
      return false
    }
    helpers.append(helper)
    return true
  }
}
