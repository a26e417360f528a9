/// Work that takes longer than people or other ranks wait without a word.
///
/// Rooms that know nothing of ranks say here that they are still at it: once a file, a sample, a
/// piece of a file. What comes of it is up to whoever has them work. A rank looks whether the job was
/// asked to end, and tells those who wait for it that it lives.
public enum LongWork {
  /// What is done meanwhile on the thread that works; helpers of `Threads` have none.
  @TaskLocal private static var observer: Observer?

  /// Runs `body`, on this thread, with `look` called in every `step` of it.
  ///
  /// - Parameter look: called very often, so it decides by itself whether there is anything to do;
  ///   what it throws ends the work.
  public static func run<R>(
    lookingUp look: @escaping () throws -> Void, _ body: () throws -> R
  ) rethrows -> R {
    try $observer.withValue(Observer(look)) { try body() }
  }

  /// Looks up from the work. Throws when it shall end: nothing of it is needed any more.
  ///
  /// It costs some ten nanoseconds: call it for every piece of work that takes a microsecond.
  public static func step() throws { try observer?.look() }

  /// The same in the middle of work that does not throw; the error comes with the next `step`.
  public static func pass() { try? observer?.look() }

  private final class Observer: @unchecked Sendable {
    private let body: () throws -> Void
    private var failure: (any Error)?

    init(_ body: @escaping () throws -> Void) { self.body = body }

    /// An error stays: work that has failed is never gone on with.
    func look() throws {
      if let failure { throw failure }
      do {
        try body()
      } catch {
        failure = error
        throw error
      }
    }
  }
}
