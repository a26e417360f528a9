import MPI

/// One rank's way to speak with the others: typed messages that carry their turn.
///
/// The only class that roles use to communicate; what carries the bytes is behind `Transport`.
public final class Endpoint {
  private let transport: any Transport
  private var pool: [Frame] = []
  private var names: [Int: String] = [:]

  /// How long any wait may take.
  public var deadline: Duration
  /// What this rank's waiting has cost so far.
  public private(set) var waiting = WaitingRecord()
  /// The message that this rank waits for at the moment.
  private(set) var awaited: (kind: MessageKind, turn: Int)?
  /// The rank that it waits for; still known when the wait has failed.
  public private(set) var awaitedRank: Int?

  /// The ranks that wait for this one while it waits for others.
  ///
  /// They hear from it four times within a deadline, whatever else happens, so that nobody blames
  /// the rank in the middle: it is the one that knows who keeps all waiting.
  public var dependants: [Int] = []
  private var lastSign = ContinuousClock.now

  /// An endpoint over `transport` whose waits end after `deadline`.
  public init(_ transport: any Transport, deadline: Duration) {
    self.transport = transport
    self.deadline = deadline
  }

  /// This rank, from 0: 0 is the coordinator.
  public var worldRank: Int { transport.worldRank }
  /// The number of ranks.
  public var worldSize: Int { transport.worldSize }

  /// Says what messages shall call a rank: `modality audio, host node3`.
  public func describe(_ rank: Int, as name: String) { names[rank] = name }

  /// What messages call a rank: `rank 2 (modality audio, host node3)`.
  public func name(of rank: Int) -> String {
    names[rank].map { "rank \(rank) (\($0))" } ?? "rank \(rank)"
  }

  /// Whether `describe` has named this rank.
  func hasDescribed(_ rank: Int) -> Bool { names[rank] != nil }

  /// Starts counting what waiting costs anew.
  public func restartWaiting() { waiting = WaitingRecord() }

  /// An empty message.
  public func frame(_ kind: MessageKind, turn: Int = -1) -> Frame {
    let frame = emptyFrame()
    frame.reset(kind: kind, turn: turn)
    return frame
  }

  /// Starts sending a message; never waits. The frame must not be touched any more.
  public func send(_ frame: Frame, to rank: Int) throws {
    precondition(0..<worldSize ~= rank, "rank \(rank) of \(worldSize)")
    try transport.post(frame, to: rank)
  }

  /// Waits for the message of this kind and turn from `rank`, and lets `body` read it.
  ///
  /// The frame goes back to the pool when `body` returns: keep what was read, not the frame.
  public func receive<R>(
    _ kind: MessageKind, turn: Int = -1, from rank: Int, _ body: (Frame) throws -> R
  ) throws -> R {
    precondition(0..<worldSize ~= rank, "rank \(rank) of \(worldSize)")
    let frame = emptyFrame()
    defer { pool.append(frame) }
    awaited = (kind, turn)
    awaitedRank = rank
    repeat {
      try giveSign()
      let arrived = try wait { deadline in
        try transport.take(from: rank, into: frame, deadline: deadline, meanwhile: giveSign)
      }
      guard arrived else {
        throw ExchangeError.deadlineExceeded(
          waiter: name(of: worldRank), awaited: name(of: rank),
          purpose: kind.named(turn: turn), seconds: deadline.seconds)
      }
      // A sign of life is not what was awaited, but it starts the wait anew.
    } while frame.kind == .alive
    awaited = nil
    awaitedRank = nil
    if frame.kind == .refusal, kind != .refusal {
      throw ExchangeError.refused(by: name(of: rank), reason: try frame.readText())
    }
    guard frame.kind == kind, frame.turn == turn else {
      throw ExchangeError.outOfTurn(
        receiver: name(of: worldRank), sender: name(of: rank), expected: kind, expectedTurn: turn,
        found: frame.kind, foundTurn: frame.turn)
    }
    return try body(frame)
  }

  /// Waits until everything sent has left.
  public func flush() throws {
    guard let receiver = try wait({ try transport.drain(deadline: $0) }) else { return }
    throw ExchangeError.deadlineExceeded(
      waiter: name(of: worldRank), awaited: name(of: receiver), purpose: "to take what was sent",
      seconds: deadline.seconds)
  }

  /// Tells those who wait for this rank that it lives, if it is time again.
  private func giveSign() throws {
    guard !dependants.isEmpty else { return }
    let now = ContinuousClock.now
    guard now >= lastSign + deadline / 4 else { return }
    lastSign = now
    for rank in dependants { try send(frame(.alive), to: rank) }
  }

  /// Waits no longer than the deadline, and books what it cost.
  private func wait<Outcome>(
    _ body: (ContinuousClock.Instant) throws -> Outcome
  ) throws -> Outcome {
    if Interruption.isRequested { throw ExchangeError.interrupted }
    let began = WaitingRecord.Mark()
    defer { waiting.add(since: began) }
    return try body(.now.advanced(by: deadline))
  }

  private func emptyFrame() -> Frame {
    while let frame = transport.reclaim() { pool.append(frame) }
    return pool.popLast() ?? Frame()
  }
}

extension Duration {
  /// The duration in seconds.
  public var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
