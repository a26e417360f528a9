import MPI

/// Carries messages between the ranks of an MPI job, without ever blocking in MPI.
public final class MPITransport: Transport {
  private let world: MPIWorld
  private let messageByteLimit: Int
  private let spins: Bool
  private let rings: Bool
  /// For each rank, how long waits for it last; of use where it cannot ring.
  private var forecasts: [WaitForecast]
  private var sending: [(frame: Frame, transfer: MPITransfer, receiver: Int)] = []
  private var nextToTest = 0
  private var left: [Frame] = []
  /// Where messages arrive. Not the caller's frame: when a wait ends early, MPI still writes here.
  private var staging = Frame()

  /// A transport between all ranks of `world` that refuses messages above `messageByteLimit`.
  ///
  /// - Parameter rings: false to wait for ranks of this node as for those of others.
  public init(
    _ world: MPIWorld, messageByteLimit: Int = MPIWorld.messageByteLimit, rings: Bool = true
  ) {
    self.world = world
    self.rings = rings
    forecasts = Array(repeating: WaitForecast(), count: world.size)
    self.messageByteLimit = min(messageByteLimit, MPIWorld.messageByteLimit)
    spins = MPIWorld.coreCount >= world.nodeSize
  }

  deinit {
    // MPI may still read these until the process ends.
    for (frame, _, _) in sending { _ = Unmanaged.passRetained(frame) }
  }

  /// This rank.
  public var worldRank: Int { world.rank }
  /// The number of ranks.
  public var worldSize: Int { world.size }
  /// They do, where there are any.
  public var othersRun: Bool { world.size > 1 }

  /// Starts sending, and keeps the frame until MPI has read it.
  public func post(_ frame: Frame, to rank: Int) throws {
    guard frame.byteCount <= messageByteLimit else {
      throw ExchangeError.tooLarge(
        kind: frame.kind, byteCount: frame.byteCount, limit: messageByteLimit)
    }
    let transfer = try world.send(frame.bytes, byteCount: frame.byteCount, to: rank)
    if rings { world.ring(rank) }
    sending.append((frame, transfer, rank))
  }

  /// A frame that MPI has read.
  public func reclaim() -> Frame? {
    // A failure here fails again, and is thrown, in the next wait.
    _ = try? advance()
    return left.popLast()
  }

  /// Lets what is being sent go on, as long as there is something.
  public func push(atMost duration: Duration) throws {
    let end = ContinuousClock.now.advanced(by: duration)
    while !sending.isEmpty, ContinuousClock.now < end { _ = try advance() }
  }

  /// Waits for a message; what is being sent goes on meanwhile.
  public func take(
    from rank: Int, into frame: Frame, deadline: ContinuousClock.Instant,
    meanwhile: () throws -> Void
  ) throws -> Bool {
    let isRung = rings && world.canRing(rank)
    let sign = isRung ? Backoff.Sign.bell : .none(certain: forecasts[rank].certain)
    var backoff = Backoff(until: deadline, spins: spins, sign: sign)
    var arrival = try world.arrival(from: rank)
    while arrival == nil {
      try meanwhile()
      let moved = try advance()
      if try !moved && !backoff.pause(sends: !sending.isEmpty) { return false }
      arrival = try world.arrival(from: rank)
    }
    if !isRung {
      forecasts[rank].note(backoff.elapsed, overslept: backoff.overslept)
    }
    guard let arrival else { return false }
    return try receive(
      arrival, from: rank, into: frame, deadline: deadline, meanwhile: meanwhile)
  }

  /// Waits until MPI has read everything posted.
  public func drain(deadline: ContinuousClock.Instant) throws -> Int? {
    var backoff = Backoff(until: deadline, spins: spins)
    while let (_, _, receiver) = sending.first {
      let moved = try advance()
      if try !moved && !backoff.pause() { return receiver }
    }
    return nil
  }

  /// Receives a message that has begun to arrive. A large one comes only as fast as its sender asks
  /// MPI to go on, so this waits like any other wait.
  private func receive(
    _ arrival: MPIArrival, from rank: Int, into frame: Frame, deadline: ContinuousClock.Instant,
    meanwhile: () throws -> Void
  ) throws -> Bool {
    guard arrival.byteCount <= messageByteLimit else {
      throw ExchangeError.tooLarge(
        kind: nil, byteCount: arrival.byteCount, limit: messageByteLimit)
    }
    let target = staging
    target.prepareToReceive(byteCount: arrival.byteCount)
    var transfer = try world.receive(arrival, into: target.bytes)
    var isWhole = false
    defer {
      if !isWhole {
        _ = Unmanaged.passRetained(target)
        staging = Frame()
      }
    }
    var backoff = Backoff(until: deadline, spins: spins)
    while try !world.isDone(&transfer) {
      try meanwhile()
      if rings { world.ring(rank) }
      let moved = try advance()
      if try !moved && !backoff.pause() { return false }
    }
    isWhole = true
    frame.exchangeContents(with: target)
    return true
  }

  /// Looks after a few of the sends under way; whether one of them is done.
  private func advance() throws -> Bool {
    var moved = false
    for _ in 0..<min(sending.count, 16) {
      if nextToTest >= sending.count { nextToTest = 0 }
      if try world.isDone(&sending[nextToTest].transfer) {
        left.append(sending[nextToTest].frame)
        sending.swapAt(nextToTest, sending.count - 1)
        sending.removeLast()
        moved = true
      } else {
        nextToTest += 1
      }
    }
    return moved
  }
}
