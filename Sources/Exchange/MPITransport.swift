import MPI

/// Carries messages between the ranks of an MPI job, without ever blocking in MPI.
///
/// A large message goes in pieces, one after the other. Nobody can ask MPI how far a message is; the
/// pieces tell: each that arrives shows that the sender lives, and starts the wait anew. (Where the
/// system forbids one process to read another's memory, a message moves some 100 KB at a time, each
/// time that its sender asks MPI.)
public final class MPITransport: Transport {
  /// The bytes of a piece; a message with no more is one piece. Below Open MPI's limit (`LaunchDefaults`), so
  /// that pieces leave at once: a rank that works after sending would hold back what asks its receiver first.
  static let pieceByteCount = 256 << 10

  private let world: MPIWorld
  private let messageByteLimit: Int
  /// How long a wait may look without a pause whose message has begun to come, or of which nothing is known.
  private let firstLook: Duration
  private let rings: Bool
  /// For each rank, how long waits for it last, and how long its rings come ahead of its messages.
  private var forecasts: [(wait: WaitForecast, ring: WaitForecast)]
  private var sending: [(frame: Frame, transfer: MPITransfer, receiver: Int)] = []
  private var nextToTest = 0
  private var left: [Frame] = []
  /// Where messages arrive. Not the caller's frame: when a wait ends early, MPI still writes here.
  private var staging = Frame()
  /// By rank, the message that it has sent half and that nobody waits for any more.
  private var late: [Incoming?]
  /// By rank, the message that has begun to arrive when nobody waited.
  private var begun: [Incoming?]
  /// The frames among `sending` that others wait for.
  private var urgentCount = 0

  /// A transport between all ranks of `world` that refuses messages above `messageByteLimit`.
  ///
  /// - Parameter rings: false to wait for ranks of this node as for those of others.
  public init(
    _ world: MPIWorld, messageByteLimit: Int = MPIWorld.messageByteLimit, rings: Bool = true
  ) {
    self.world = world
    self.rings = rings
    late = Array(repeating: nil, count: world.size)
    begun = late
    forecasts = Array(repeating: (WaitForecast(), WaitForecast()), count: world.size)
    self.messageByteLimit = min(messageByteLimit, MPIWorld.messageByteLimit)
    firstLook = MPIWorld.coreCount >= world.nodeSize ? Backoff.firstLook : .zero
  }

  deinit {
    // MPI may still read these until the process ends.
    for (frame, _, _) in sending { _ = Unmanaged.passRetained(frame) }
    for case let incoming? in late + begun { _ = Unmanaged.passRetained(incoming.message) }
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
    frame.seal()
    for start in stride(from: 0, to: frame.byteCount, by: Self.pieceByteCount) {
      let count = min(Self.pieceByteCount, frame.byteCount - start)
      let transfer = try world.send(frame.bytes[start..<start + count], to: rank)
      frame.piecesLeaving += 1
      if frame.isUrgent { urgentCount += 1 }
      sending.append((frame, transfer, rank))
      // The receiver takes the first pieces while the others are copied.
      if rings { world.ring(rank) }
    }
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
    repeat { _ = try advance() } while urgentCount > 0 && ContinuousClock.now < end
  }

  /// Waits for a message; what is being sent goes on meanwhile.
  public func take(
    from rank: Int, into frame: Frame, within limit: Duration, meanwhile: () throws -> Void
  ) throws -> Bool {
    // What is left of a message that nobody waits for any more is no new one.
    if var rest = late[rank] {
      var isOver = false
      defer { late[rank] = isOver ? nil : rest }
      isOver = try complete(&rest, from: rank, within: limit, meanwhile: meanwhile)
      guard isOver else { return false }
    }
    var incoming = begun[rank] ?? Incoming(message: staging)
    begun[rank] = nil
    var isWhole = false
    defer {
      if !isWhole, incoming.hasBegun {
        late[rank] = incoming
        if incoming.message === staging { staging = Frame() }
      }
    }
    isWhole = try complete(&incoming, from: rank, within: limit, meanwhile: meanwhile)
    if isWhole { frame.exchangeContents(with: incoming.message) }
    return isWhole
  }

  /// Whether MPI has the beginning of a message.
  public func hasMessage(from rank: Int) -> Bool {
    // A failure here fails again, and is thrown, in the next wait.
    begun[rank] != nil || (try? world.hasArrival(from: rank)) ?? false
  }

  /// Waits until MPI has read everything posted.
  public func drain(within limit: Duration) throws -> Int? {
    var backoff = Backoff(atMost: limit, looks: firstLook)
    while let (_, _, receiver) = sending.first {
      let moved = try advance()
      if try !moved && !backoff.pause() { return receiver }
    }
    return nil
  }

  /// Takes a message if all of it has come. One that has begun to come is gone on with by the next call.
  public func poll(from rank: Int, into frame: Frame) throws -> Bool {
    if var rest = late[rank] {
      late[rank] = try isComplete(&rest, from: rank) ? nil : rest
      guard late[rank] == nil else { return false }
    }
    var incoming = begun[rank] ?? Incoming(message: frame)
    begun[rank] = nil
    guard try isComplete(&incoming, from: rank) else {
      guard incoming.hasBegun else { return false }
      if incoming.message === frame {
        // MPI writes to the memory that the caller's frame has; that gets other memory.
        let kept = Frame()
        kept.exchangeContents(with: frame)
        incoming = Incoming(message: kept, received: incoming.received, piece: incoming.piece)
      }
      begun[rank] = incoming
      return false
    }
    if incoming.message !== frame { frame.exchangeContents(with: incoming.message) }
    return true
  }

  /// The frames to `rank` that are still leaving.
  public func leavingCount(to rank: Int) -> Int { sending.count { $0.receiver == rank } }

  /// Waits for what ranks do in memory that they share, or for messages of any of them.
  public func wait(
    areRung: Bool, within limit: Duration, until isOver: () throws -> Bool
  ) throws -> Bool {
    let sign = areRung && rings ? Backoff.Sign.bell(ahead: nil) : .none(certain: .zero)
    var backoff = Backoff(atMost: limit, looks: firstLook, sign: sign)
    while try !isOver() {
      let moved = try advance()
      if try !moved && !backoff.pause(sends: !sending.isEmpty) { return false }
    }
    return true
  }

  /// Rings a rank of this node.
  public func ring(_ rank: Int) { if rings { world.ring(rank) } }

  /// Ranks of a node may, where they have bells: those are memory that they share.
  public func canShareMemory(with rank: Int) -> Bool { rings && world.canRing(rank) }

  /// Makes a file of this node.
  public func makeShared(_ byteCount: Int) throws -> SharedMemory {
    try SharedMemory(making: byteCount)
  }

  /// Maps a file of this node.
  public func openShared(_ name: String, byteCount: Int) throws -> SharedMemory {
    try SharedMemory(opening: name, byteCount: byteCount)
  }

  /// Removes the name of a file.
  public func closeShared(_ memory: SharedMemory) { memory.removeName() }

  /// A message on its way.
  private struct Incoming {
    /// What has arrived of it.
    let message: Frame
    /// The bytes of the pieces that are there.
    var received = 0
    /// The piece that arrives at the moment.
    var piece: (transfer: MPITransfer, byteCount: Int)?

    /// Whether something of it was taken from MPI.
    var hasBegun: Bool { received > 0 || piece != nil }
  }

  /// Receives the pieces that a message lacks. Each may take as long as a whole wait; false when one has
  /// taken longer.
  private func complete(
    _ incoming: inout Incoming, from rank: Int, within limit: Duration,
    meanwhile: () throws -> Void
  ) throws -> Bool {
    repeat {
      if incoming.piece == nil {
        guard let arrival = try arrival(from: rank, within: limit, meanwhile: meanwhile) else {
          return false
        }
        try begin(&incoming, with: arrival)
      }
      guard try finishPiece(&incoming, from: rank, within: limit, meanwhile: meanwhile)
      else { return false }
    } while incoming.received < incoming.message.byteCount
    return true
  }

  /// Receives what has come of the pieces that a message lacks; whether it is whole.
  private func isComplete(_ incoming: inout Incoming, from rank: Int) throws -> Bool {
    repeat {
      if incoming.piece == nil {
        guard let arrival = try world.arrival(from: rank) else { return false }
        try begin(&incoming, with: arrival)
      }
      guard try hasPiece(&incoming) else { return false }
    } while incoming.received < incoming.message.byteCount
    return true
  }

  /// Starts to receive a piece.
  private func begin(_ incoming: inout Incoming, with arrival: MPIArrival) throws {
    let message = incoming.message
    try prepare(message, after: incoming.received, for: arrival)
    let end = incoming.received + arrival.byteCount
    let transfer = try world.receive(arrival, into: message.bytes[incoming.received..<end])
    incoming.piece = (transfer, arrival.byteCount)
  }

  /// Whether the piece that arrives is here.
  private func hasPiece(_ incoming: inout Incoming) throws -> Bool {
    guard let (begun, byteCount) = incoming.piece else { return true }
    var transfer = begun
    guard try world.isDone(&transfer) else {
      incoming.piece?.transfer = transfer
      return false
    }
    incoming.piece = nil
    incoming.received += byteCount
    if incoming.received == byteCount { try makeRoomForRest(of: incoming.message) }
    return true
  }

  /// Waits for the rest of a piece that has begun to arrive. It comes only as fast as its sender asks MPI
  /// to go on, so this waits like any other wait; false when time is over.
  private func finishPiece(
    _ incoming: inout Incoming, from rank: Int, within limit: Duration,
    meanwhile: () throws -> Void
  ) throws -> Bool {
    var backoff = Backoff(atMost: limit, looks: firstLook)
    while try !hasPiece(&incoming) {
      try meanwhile()
      if rings { world.ring(rank) }
      let moved = try advance()
      if try !moved && !backoff.pause() { return false }
    }
    return true
  }

  /// Waits until a message, or a piece of one, begins to arrive; nil when time is over.
  private func arrival(
    from rank: Int, within limit: Duration, meanwhile: () throws -> Void
  ) throws -> MPIArrival? {
    let isRung = rings && world.canRing(rank)
    let forecast = forecasts[rank]
    let sign =
      isRung
      ? Backoff.Sign.bell(ahead: forecast.ring.certain) : .none(certain: forecast.wait.certain)
    var backoff = Backoff(atMost: limit, looks: firstLook(by: forecast.wait), sign: sign)
    var arrival = try world.arrival(from: rank)
    while arrival == nil {
      try meanwhile()
      let moved = try advance()
      if try !moved && !backoff.pause(sends: !sending.isEmpty) { return nil }
      arrival = try world.arrival(from: rank)
    }
    forecasts[rank].wait.note(backoff.elapsed, overslept: backoff.overslept)
    if let ahead = backoff.elapsedSinceRing { forecasts[rank].ring.note(ahead) }
    return arrival
  }

  /// How long a wait looks without a pause at first: until its end where the last ones were short, not at all
  /// where they were long.
  private func firstLook(by forecast: WaitForecast) -> Duration {
    guard forecast.isKnown else { return firstLook }
    return forecast.longest <= Self.shortWait ? forecast.longest * 2 + Backoff.firstLook : .zero
  }

  /// The longest wait that is worth looking through.
  private static let shortWait = Duration.microseconds(200)

  /// Makes room for a first piece, which is all there is of most messages, or checks a further one.
  private func prepare(_ message: Frame, after received: Int, for arrival: MPIArrival) throws {
    guard received + arrival.byteCount <= messageByteLimit else {
      throw ExchangeError.tooLarge(
        kind: nil, byteCount: received + arrival.byteCount, limit: messageByteLimit)
    }
    if received == 0 {
      message.prepareToReceive(byteCount: arrival.byteCount)
    } else if received + arrival.byteCount > message.byteCount || arrival.byteCount == 0 {
      throw ExchangeError.shortMessage(
        kind: message.kind, number: message.number, wanted: message.byteCount - received,
        left: arrival.byteCount)
    }
  }

  /// Makes room for what a message has after its first piece.
  private func makeRoomForRest(of message: Frame) throws {
    guard let announced = message.announcedByteCount, announced != message.byteCount else { return }
    guard announced > message.byteCount, message.byteCount == Self.pieceByteCount else {
      throw ExchangeError.shortMessage(
        kind: message.kind, number: message.number, wanted: announced, left: message.byteCount)
    }
    guard announced <= messageByteLimit else {
      throw ExchangeError.tooLarge(
        kind: message.kind, byteCount: announced, limit: messageByteLimit)
    }
    message.prepareForRest(byteCount: announced)
  }

  /// Looks after a few of the sends under way; whether one of them is done.
  private func advance() throws -> Bool {
    var moved = false
    for _ in 0..<min(sending.count, 16) {
      if nextToTest >= sending.count { nextToTest = 0 }
      if try world.isDone(&sending[nextToTest].transfer) {
        let frame = sending[nextToTest].frame
        frame.piecesLeaving -= 1
        if frame.isUrgent { urgentCount -= 1 }
        if frame.piecesLeaving == 0 { left.append(frame) }
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
