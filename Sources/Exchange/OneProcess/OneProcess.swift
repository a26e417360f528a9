/// The one-process run: the same roles, the same messages, no MPI.
public enum OneProcess {
  /// Runs `body` once for each of `ranks` ranks, and returns when all have ended.
  ///
  /// Every rank has a thread, but only one runs at a time: it goes on until it waits for a message
  /// that is not there, or ends. So the run takes one core and its numbers depend on nothing but the
  /// messages. The first error that a rank throws stops the others and is thrown here; so is
  /// `ExchangeError.stopped` when all ranks wait for messages that nobody is left to send.
  ///
  /// - Parameters:
  ///   - deadline: how long a rank may wait for a message; others' work counts as waiting.
  ///   - stackByteCount: the size of each thread's stack; memory that is not used is not taken.
  public static func run(
    ranks: Int, deadline: Duration, stackByteCount: Int = 16 << 20,
    body: @Sendable @escaping (Endpoint) throws -> Void
  ) throws {
    precondition(ranks > 0)
    let fabric = MemoryFabric(ranks: ranks, deadline: deadline)
    var threads: [RoleThread] = []
    for rank in 0..<ranks {
      let thread = RoleThread(stackByteCount: stackByteCount) { fabric.live(as: rank, body) }
      guard let thread else {
        let reason = "the system refused thread \(rank + 1) of \(ranks) of the one-process run"
        fabric.cancel(from: rank, ExchangeError.stopped("\(reason); raise its limits"))
        break
      }
      threads.append(thread)
    }
    fabric.start()
    for thread in threads { thread.join() }
    fabric.close()
    if let failure = fabric.failure { throw failure }
  }
}
