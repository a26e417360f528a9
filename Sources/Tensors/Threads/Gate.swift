import CKernels
import Glibc
import Synchronization

/// A gate that lets one thread pass each time another opens it: who waits looks on for a moment,
/// because work comes in quick succession, and then sleeps, because a core may be wanted elsewhere.
final class Gate: @unchecked Sendable {
  /// The processors that this process may run on.
  static let cores = max(1, processor_count())

  /// How long a thread looks on before it sleeps. Layers follow each other within a few
  /// microseconds; waking a sleeper takes twenty and more.
  private static let patience = 30_000

  private enum State {
    static let closed: UInt8 = 0
    static let closedWithSleeper: UInt8 = 1
    static let open: UInt8 = 2
  }

  private let state = Atomic(State.closed)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Lets the one thread pass that waits or will wait. What was written before, it can read.
  func open() {
    guard state.exchange(State.open, ordering: .acquiringAndReleasing) == State.closedWithSleeper
    else { return }
    pthread_mutex_lock(mutex)
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Waits until the gate is open, and closes it behind itself.
  func pass(spinning: Bool) {
    if !(spinning && opensSoon) { sleep() }
    state.store(State.closed, ordering: .relaxed)
  }

  private var isOpen: Bool { state.load(ordering: .acquiring) == State.open }

  private var opensSoon: Bool {
    let end = Self.nanoseconds + Self.patience
    repeat {
      for _ in 0..<32 {
        if isOpen { return true }
        processor_pause()
      }
    } while Self.nanoseconds < end
    return false
  }

  private static var nanoseconds: Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec * 1_000_000_000 + now.tv_nsec
  }

  private func sleep() {
    pthread_mutex_lock(mutex)
    let closed = state.compareExchange(
      expected: State.closed, desired: State.closedWithSleeper, ordering: .acquiringAndReleasing)
    while closed.exchanged, !isOpen { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
  }
}
