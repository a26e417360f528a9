import Glibc

/// Threads that no signal reaches: those are for the thread that waits for them.
enum QuietThread {
  /// Starts a thread; nil if the system has no room for one. Somebody must join it.
  ///
  /// It blocks every signal from its first instruction on, and so does all that it starts. Not those of
  /// its own faults, which could else not be reported.
  static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    var (blocked, before) = (sigset_t(), sigset_t())
    sigfillset(&blocked)
    for fault in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT] { sigdelset(&blocked, fault) }
    pthread_sigmask(SIG_SETMASK, &blocked, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let work = Unmanaged.passRetained(Work(Trace.handedOn(body)))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { given in
        guard let given else { return nil }
        Unmanaged<Work>.fromOpaque(given).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    guard code == 0 else {
      work.release()
      return nil
    }
    return thread
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
