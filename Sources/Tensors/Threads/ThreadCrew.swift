import Glibc

/// Threads of their own that all do the same work, beside the one that started them. Each computes
/// alone: it takes no helper of `Threads` from anybody.
public final class ThreadCrew {
  private let threads: [pthread_t]

  /// The number of threads, which is less than was asked for where the system has no room for more.
  public var count: Int { threads.count }

  /// Starts `count` threads.
  ///
  /// - Parameter body: the work of a thread, by its number. It returns when it is told to by means of
  ///   its own, which must happen before the crew is let go of: that waits for all of them.
  public init(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let products = Products.current
    threads = (0..<count).compactMap { number in
      QuietThread.start { Threads.with(count: 1, products: products) { body(number) } }
    }
  }

  deinit { for thread in threads { pthread_join(thread, nil) } }
}
