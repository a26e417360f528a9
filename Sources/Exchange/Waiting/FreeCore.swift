import MPI

/// Whether the node has a core that nobody wants, as far as the system knows: what a rank may spend on looking
/// for a message without taking it from work.
struct FreeCore {
  /// How many threads of the node run or could run, the asking one included; nil: nobody knows.
  private let runningCount: () -> Int?
  private var lastLook: (at: ContinuousClock.Instant, isFree: Bool)?
  /// Asking takes a microsecond.
  private static let period = Duration.microseconds(10)

  init(runningCount: @escaping () -> Int? = { MPIWorld.runningCount }) {
    self.runningCount = runningCount
  }

  /// Whether no more threads run, this one included, than there are cores.
  mutating func isFree(at now: ContinuousClock.Instant) -> Bool {
    if let lastLook, lastLook.at.duration(to: now) < Self.period { return lastLook.isFree }
    let isFree = runningCount().map { $0 <= MPIWorld.coreCount } ?? false
    lastLook = (now, isFree)
    return isFree
  }
}
