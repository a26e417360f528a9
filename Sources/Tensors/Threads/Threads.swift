/// The cores this process computes on, and how kernels share work out among them.
///
/// A kernel is split over outputs that do not depend on each other, or into a number of pieces that
/// its shape alone decides: then the number of threads changes no bit of any result.
public enum Threads {
  /// The number of threads that compute, the caller's among them: 1 at first. One is no threads at
  /// all: every split is a plain call.
  ///
  /// The others start at the first split that needs them and sleep between splits. If the system
  /// refuses some of them, this says how many there are. Must not be set within a split.
  public static var count: Int {
    get { ThreadTeam.current.size }
    set { ThreadTeam.current.resize(to: newValue) }
  }

  /// Calls `body` with a team of its own, of `count` threads, which what the calling thread does
  /// then has for itself: `Threads.count` and `Products.current` are these within, and as they were
  /// afterwards. `products` are the caller's unless given.
  public static func with<Result, Failure: Error>(
    count: Int, products: Products? = nil, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let team = ThreadTeam(size: count, products: products ?? .current)
    return try team.asCurrent(body)
  }

  /// The work of the smallest part that is worth another thread, in floats read or written: about
  /// 20 microseconds, several times what it takes to hand a part over.
  public static let leastWork = 1 << 16

  /// In how many blocks to make a sum whose terms are `work`, so that threads can share them: a
  /// number that does not depend on how many threads there are, and so neither does the sum.
  public static func blockCount(work: Int) -> Int {
    var blocks = 1
    while blocks < 16, 2 * blocks * leastWork <= work { blocks *= 2 }
    return blocks
  }

  /// Runs `body` on all of `0 ..< count`, in one piece for each thread: contiguous, disjoint, all
  /// of about the same length, in no order. Returns when the last one has.
  ///
  /// Within a split, or while another caller has the team, the whole range is one piece and runs in
  /// the calling thread. Nothing waits for a thread that is not computing.
  ///
  /// - Parameters:
  ///   - grain: pieces begin at multiples of it.
  ///   - work: the work of one index, in the units of `leastWork`: so many pieces are made that each
  ///     has at least that. nil: as many as there are threads.
  ///   - lanes: at most so many pieces: those for which the caller has memory.
  ///   - body: gets its piece, and which thread it runs in: its lane, below `Threads.count`, is
  ///     different for all pieces that run at a time. Must not change what another piece reads.
  public static func split(
    _ count: Int, grain: Int = 1, work: Int? = nil, lanes: Int = .max,
    _ body: (Range<Int>, _ lane: Int) -> Void
  ) {
    precondition(grain > 0, "a grain of \(grain)")
    guard count > 0 else { return }
    LongWork.pass()
    let team = ThreadTeam.current
    var pieces = min(team.size, lanes, (count + grain - 1) / grain)
    if let work, pieces > 1 {
      let (all, overflows) = count.multipliedReportingOverflow(by: max(0, work))
      if !overflows { pieces = min(pieces, max(1, all / leastWork)) }
    }
    guard pieces > 1, team.run(count, grain: grain, pieces: pieces, body) else {
      return body(0..<count, ThreadValues.currentLane)
    }
  }
}
