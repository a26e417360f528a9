/// The ranks of a simulated job: as in `MemoryFabric` one runs at a time, but each has a clock of its own,
/// messages take time, and the rank whose clock is least runs next. So what links do in between is in the
/// order in which it would happen.
///
/// All state belongs to the holder of the baton.
final class SimulatedFabric: @unchecked Sendable {
  private enum State {
    case ready
    case waiting(for: Int)
    case ended
  }

  private struct Parcel {
    let frame: Frame
    let arrival: Double
  }

  let worldSize: Int
  private(set) var failure: (any Error)?
  private let links: SimulatedLinks
  private var states: [State]
  /// The clock of each rank.
  private var clocks: [Double]
  /// When each rank can go on; infinite where it cannot.
  private var wakes: [Double]
  private var batons: [Baton]
  private var mail: [[Int: [Parcel]]]
  private var returned: [[Frame]]
  /// When the link of each node to others is free, out and in.
  private var freeOut: [Double]
  private var freeIn: [Double]
  /// What the next message of a rank is taken for, in bytes.
  private var declared: [Int?]

  init(ranks: Int, links: SimulatedLinks) {
    precondition(links.nodes.count == ranks, "\(links.nodes.count) places of \(ranks) ranks")
    worldSize = ranks
    self.links = links
    states = Array(repeating: .ready, count: ranks)
    clocks = Array(repeating: 0, count: ranks)
    wakes = clocks
    batons = (0..<ranks).map { _ in Baton() }
    mail = Array(repeating: [:], count: ranks)
    returned = Array(repeating: [], count: ranks)
    declared = Array(repeating: nil, count: ranks)
    freeOut = Array(repeating: 0, count: (links.nodes.max() ?? 0) + 1)
    freeIn = freeOut
  }

  func start() { batons[0].hand() }

  /// What the thread of `rank` does.
  func live(as rank: Int, _ body: () throws -> Void) {
    batons[rank].take()
    do {
      if failure == nil { try body() }
    } catch {
      fail(error)
    }
    states[rank] = .ended
    wakes[rank] = .infinity
    if earliest == nil { noteStandstill() }
    if let next = earliest { batons[next].hand() }
  }

  /// Lets `rank` and those above it never begin.
  func cancel(from rank: Int, _ error: any Error) {
    fail(error)
    for missing in rank..<worldSize {
      states[missing] = .ended
      wakes[missing] = .infinity
    }
  }

  // MARK: What a rank does while it holds the baton

  func now(of rank: Int) -> Double { clocks[rank] }

  func advance(_ rank: Int, by seconds: Double) {
    clocks[rank] += max(0, seconds)
    wakes[rank] = clocks[rank]
  }

  func declare(_ byteCount: Int, by rank: Int) { declared[rank] = byteCount }

  func post(_ frame: Frame, from sender: Int, to receiver: Int) throws {
    try letEarlierRun(before: sender)
    let byteCount = links.byteCount(sender, receiver, declared[sender] ?? frame.byteCount)
    declared[sender] = nil
    let (out, into) = (links.nodes[sender], links.nodes[receiver])
    var arrival = clocks[sender] + links.latency(sender, receiver, byteCount)
    if out != into {
      let wire = links.wire(byteCount)
      let start = max(clocks[sender], freeOut[out])
      freeOut[out] = start + wire
      arrival = max(start + links.latency(sender, receiver, byteCount), freeIn[into] + wire)
      freeIn[into] = arrival
    }
    mail[receiver][sender, default: []].append(Parcel(frame: frame, arrival: arrival))
    if case .waiting(sender) = states[receiver] {
      wakes[receiver] = max(clocks[receiver], mail[receiver][sender]?.first?.arrival ?? arrival)
    }
  }

  /// Takes the next message from `sender` if it has come by now.
  func poll(by rank: Int, from sender: Int, into frame: Frame) throws -> Bool {
    try letEarlierRun(before: rank)
    guard let next = mail[rank][sender]?.first, next.arrival <= clocks[rank] else { return false }
    try take(by: rank, from: sender, into: frame)
    return true
  }

  /// Whether a message has come by this rank's time.
  func hasMail(for rank: Int, from sender: Int) -> Bool {
    mail[rank][sender]?.first.map { $0.arrival <= clocks[rank] } ?? false
  }

  func reclaim(by rank: Int) -> Frame? { returned[rank].popLast() }

  func take(by rank: Int, from sender: Int, into frame: Frame) throws {
    if mail[rank][sender]?.isEmpty ?? true {
      states[rank] = .waiting(for: sender)
      wakes[rank] = .infinity
      try pass(from: rank)
      states[rank] = .ready
    }
    guard let parcel = mail[rank][sender]?.removeFirst() else {
      throw ExchangeError.stopped("rank \(rank) was woken for nothing")
    }
    if parcel.arrival > clocks[rank] {
      clocks[rank] = parcel.arrival + links.wakeUp(sender, rank)
    }
    advance(rank, by: links.work(rank, sender))
    frame.exchangeContents(with: parcel.frame)
    returned[sender].append(parcel.frame)
  }

  // MARK: Who runs next

  /// The rank that can go on first; nil: none can.
  private var earliest: Int? {
    var (found, least) = (Int?.none, Double.infinity)
    for (rank, wake) in wakes.enumerated() where wake < least { (found, least) = (rank, wake) }
    return found
  }

  private func letEarlierRun(before rank: Int) throws {
    wakes[rank] = clocks[rank]
    while let next = earliest, next != rank, wakes[next] < clocks[rank] {
      batons[next].hand()
      batons[rank].take()
      try throwIfStopped()
    }
  }

  private func pass(from rank: Int) throws {
    guard let next = earliest else {
      noteStandstill()
      return try throwIfStopped()
    }
    batons[next].hand()
    batons[rank].take()
    try throwIfStopped()
  }

  func throwIfStopped() throws { if let failure { throw failure } }

  private func fail(_ error: any Error) {
    failure = failure ?? error
    // Everybody goes on, to hear of it.
    for rank in 0..<worldSize {
      if case .ended = states[rank] { continue }
      wakes[rank] = clocks[rank]
    }
  }

  private func noteStandstill() {
    let waits = (0..<worldSize).compactMap { rank -> String? in
      guard case .waiting(let sender) = states[rank] else { return nil }
      return "rank \(rank) for rank \(sender)"
    }
    guard !waits.isEmpty, failure == nil else { return }
    fail(
      ExchangeError.stopped(
        "all ranks of the simulation wait: \(waits.prefix(4).joined(separator: ", "))"))
  }
}
