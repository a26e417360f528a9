import Glibc
import Synchronization

/// Work on a thread of its own, such as writing to a disk, while the thread that started it goes on. It
/// is over when nobody has it any more.
public final class BackgroundWork<Value: Sendable>: Sendable {
  private let outcome: Outcome
  /// nil: it was done at once.
  private let thread: pthread_t?

  /// Starts `body`; where the system has no room for a thread, it is done at once.
  public init(_ body: @escaping @Sendable () throws -> Value) {
    let outcome = Outcome()
    self.outcome = outcome
    let work: @Sendable () -> Void = {
      let result = Result { try body() }
      outcome.result.withLock { $0 = result }
    }
    thread = QuietThread.start(work)
    if thread == nil { work() }
  }

  deinit {
    if let thread { pthread_join(thread, nil) }
  }

  /// Whether it is done.
  public var isOver: Bool { outcome.result.withLock { $0 != nil } }

  /// Waits until it is done, as long work.
  ///
  /// - Returns: what it came to; throws what it threw.
  public func value() throws -> Value {
    while true {
      if let result = outcome.result.withLock({ $0 }) { return try result.get() }
      try LongWork.step()
      usleep(500)
    }
  }

  private final class Outcome: Sendable {
    let result = Mutex<Result<Value, any Error>?>(nil)
  }
}
