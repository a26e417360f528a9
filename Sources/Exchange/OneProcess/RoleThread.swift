import Glibc

/// A thread with a stack as large as the work of a role needs.
struct RoleThread {
  private let thread: pthread_t

  /// Starts `body`; nil if the system has no thread left.
  init?(stackByteCount: Int, _ body: @Sendable @escaping () -> Void) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    guard pthread_attr_setstacksize(&attributes, stackByteCount) == 0 else { return nil }
    let work = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    guard status == 0 else {
      work.release()
      return nil
    }
    self.thread = thread
  }

  /// Waits until the thread has ended.
  func join() { pthread_join(thread, nil) }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @Sendable @escaping () -> Void) { self.body = body }
  }
}

/// What a thread sleeps on until it is its turn.
final class Baton: @unchecked Sendable {
  private let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    semaphore = .allocate(capacity: 1)
    semaphore.initialize(to: sem_t())
    sem_init(semaphore, 0, 0)
  }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  /// Lets the sleeper go on.
  func hand() { sem_post(semaphore) }

  /// Sleeps until the baton is handed over.
  func take() {
    while sem_wait(semaphore) != 0 {}  // A signal is no baton.
  }
}
