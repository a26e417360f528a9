import Glibc
import MPI

/// The links between the ranks of a one-process run, and the baton that one rank holds at a time.
///
/// All state here belongs to the holder of the baton. It is handed over by a semaphore, which also
/// orders memory, so nothing else needs a lock.
final class MemoryFabric: @unchecked Sendable {
  private enum State {
    /// Has not run yet, or runs.
    case ready
    case waiting(for: Int, deadline: ContinuousClock.Instant)
    /// Waits until it is rung, or a message comes from anybody.
    case listening(deadline: ContinuousClock.Instant)
    case ended
  }

  let worldSize: Int
  /// What ended the run: the first error of a rank, or that all of them waited.
  private(set) var failure: (any Error)?
  private var failureReason = ""
  private var states: [State]
  /// The ranks that can go on: those that have work, or what they wait for.
  private var runnable: RankSet
  private var batons: [Baton] = []
  private var endpoints: [Endpoint] = []
  /// What has been sent and not been received, by receiver and then by sender: a rank hears from few others.
  private var mail: [[Int: FrameQueue]]
  /// The frames that a sender may use again.
  private var returned: [[Frame]]
  /// The ranks that were rung since they last looked.
  private var rung: Set<Int> = []
  /// Memory that ranks have together, by name, until all of them have it.
  private var shared: [String: SharedMemory] = [:]
  private var sharedCount = 0

  init(ranks: Int, deadline: Duration) {
    worldSize = ranks
    states = Array(repeating: .ready, count: ranks)
    runnable = RankSet(count: ranks)
    for rank in 0..<ranks { runnable.insert(rank) }
    mail = Array(repeating: [:], count: ranks)
    returned = Array(repeating: [], count: ranks)
    batons = (0..<ranks).map { _ in Baton() }
    endpoints = (0..<ranks).map {
      Endpoint(MemoryTransport(self, rank: $0), deadline: deadline)
    }
  }

  // MARK: The life of a rank

  /// Gives the baton to the first rank.
  func start() {
    if let first = runnable.next(after: worldSize - 1) { batons[first].hand() }
  }

  /// Lets `rank` and those above it never begin.
  func cancel(from rank: Int, _ error: any Error) {
    fail(with: error, "\(error)")
    for missing in rank..<worldSize { end(missing) }
  }

  /// What the thread of `rank` does.
  func live(as rank: Int, _ body: (Endpoint) throws -> Void) {
    batons[rank].take()
    do {
      let endpoint = endpoints[rank]
      if failure == nil { try endpoint.working { try body(endpoint) } }
    } catch {
      if failure == nil {
        fail(with: error, "\(name(of: rank, for: 0)) failed: \(error)")
      }
    }
    end(rank)
    if let next = successor(of: rank) { batons[next].hand() }
  }

  private func end(_ rank: Int) {
    states[rank] = .ended
    runnable.remove(rank)
  }

  /// Ends the run: every rank that waits can go on, to hear of it.
  private func fail(with error: any Error, _ reason: String) {
    failure = error
    failureReason = reason
    for rank in 0..<worldSize {
      switch states[rank] {
      case .waiting, .listening: runnable.insert(rank)
      case .ready, .ended: break
      }
    }
  }

  /// Lets go of the endpoints, which hold this fabric in turn.
  func close() { endpoints = [] }

  // MARK: What transports do while their rank holds the baton

  func post(_ frame: Frame, from sender: Int, to receiver: Int) throws {
    try throwIfStopped()
    mail[receiver][sender, default: FrameQueue()].append(frame)
    if case .waiting(sender, _) = states[receiver] { runnable.insert(receiver) }
    ring(receiver)
  }

  func ring(_ rank: Int) {
    rung.insert(rank)
    if case .listening = states[rank] { runnable.insert(rank) }
  }

  func reclaim(by rank: Int) -> Frame? { returned[rank].popLast() }

  func hasMail(for rank: Int, from sender: Int) -> Bool {
    !(mail[rank][sender]?.isEmpty ?? true)
  }

  func take(
    by rank: Int, from sender: Int, into frame: Frame, deadline: ContinuousClock.Instant
  ) throws -> Bool {
    try throwIfStopped()
    if !hasMail(for: rank, from: sender) {
      states[rank] = .waiting(for: sender, deadline: deadline)
      runnable.remove(rank)
      passBaton(from: rank)
      states[rank] = .ready
      runnable.insert(rank)
      try throwIfStopped()
    }
    return unpack(by: rank, from: sender, into: frame)
  }

  func poll(by rank: Int, from sender: Int, into frame: Frame) throws -> Bool {
    try throwIfStopped()
    return unpack(by: rank, from: sender, into: frame)
  }

  private func unpack(by rank: Int, from sender: Int, into frame: Frame) -> Bool {
    guard let parcel = mail[rank][sender]?.popFirst() else { return false }
    frame.exchangeContents(with: parcel)
    returned[sender].append(parcel)
    return true
  }

  /// Waits until `isOver` says so; it is asked again whenever the rank was rung.
  func wait(
    by rank: Int, deadline: ContinuousClock.Instant, until isOver: () throws -> Bool
  ) throws -> Bool {
    while true {
      try throwIfStopped()
      rung.remove(rank)
      if try isOver() { return true }
      guard !rung.contains(rank) else { continue }
      states[rank] = .listening(deadline: deadline)
      runnable.remove(rank)
      passBaton(from: rank)
      states[rank] = .ready
      runnable.insert(rank)
      if failure == nil, !rung.contains(rank) { return false }
    }
  }

  func makeShared(_ byteCount: Int) -> SharedMemory {
    sharedCount += 1
    let memory = SharedMemory(ofProcess: byteCount, name: "memory \(sharedCount)")
    shared[memory.name] = memory
    return memory
  }

  func openShared(_ name: String) throws -> SharedMemory {
    guard let memory = shared[name] else { throw ExchangeError.stopped("\(name) is gone") }
    return memory
  }

  func closeShared(_ memory: SharedMemory) { shared[memory.name] = nil }

  func throwIfStopped() throws {
    // Asked first: whoever notices it first, every rank shall hear that it was asked to end.
    if Interruption.isRequested { throw ExchangeError.interrupted }
    if failure != nil {
      throw ExchangeError.stopped(failureReason)
    }
  }

  // MARK: Who runs next

  private func passBaton(from rank: Int) {
    guard let next = successor(of: rank), next != rank else { return }
    batons[next].hand()
    batons[rank].take()
  }

  /// The rank that gets the baton from `rank`; nil if all have ended. While others have work, a wait that has
  /// lasted too long is no fault. Where nobody can go on, the run has failed, and every rank can go on to hear
  /// of it.
  private func successor(of rank: Int) -> Int? {
    if let next = runnable.next(after: rank) ?? late(after: rank) { return next }
    guard failure == nil, let standstill else { return nil }
    fail(with: ExchangeError.stopped(standstill), standstill)
    return runnable.next(after: rank)
  }

  /// The next rank whose wait has lasted too long.
  private func late(after rank: Int) -> Int? {
    let now = ContinuousClock.now
    return (1...worldSize).lazy.map { (rank + $0) % self.worldSize }.first { candidate in
      switch self.states[candidate] {
      case .waiting(_, let deadline), .listening(let deadline): return deadline <= now
      case .ready, .ended: return false
      }
    }
  }

  /// Who waits for whom, when all that are left wait; nil if nobody is left.
  private var standstill: String? {
    let waits = (0..<worldSize).compactMap { rank -> String? in
      let sender: Int
      let message: String
      switch states[rank] {
      case .waiting(let from, _):
        sender = from
        message = endpoints[rank].awaited.map { $0.kind.named(number: $0.number) } ?? "a message"
      case .listening:
        guard let awaited = endpoints[rank].awaitedDeed?() else { return nil }
        (sender, message) = (awaited.rank, awaited.deed)
      case .ready, .ended: return nil
      }
      var isGone = ""
      if case .ended = states[sender] { isGone = ", which has ended" }
      return "\(name(of: rank, for: rank)) waits for \(message) from "
        + "\(name(of: sender, for: rank))\(isGone)"
    }
    guard !waits.isEmpty else { return nil }
    return "nobody is left to send what is waited for: " + waits.joined(separator: "; ")
  }

  /// What `rank` calls itself, or else what `asker` calls it.
  private func name(of rank: Int, for asker: Int) -> String {
    endpoints[endpoints[rank].hasDescribed(rank) ? rank : asker].name(of: rank)
  }
}
