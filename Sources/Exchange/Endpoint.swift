import Glibc
import MPI
import Tensors

/// One rank's way to speak with the others: typed messages that carry their number.
///
/// The only class that roles use to communicate; what carries the bytes is behind `Transport`.
public final class Endpoint {
  let transport: any Transport
  private var pool: [Frame] = []
  private var names: [Int: String] = [:]
  /// What came before it was asked for, by sender.
  private var early: [Int: [Frame]] = [:]
  /// What was found where another message was looked for without waiting, in its order, by sender.
  private var foundAside: [Int: [Frame]] = [:]
  /// How often a rank gave a sign of life where nobody waited for it.
  private(set) var signCounts: [Int: UInt32] = [:]
  private var kinds = Dictionary(uniqueKeysWithValues: MessageKind.common.map { ($0.code, $0) })

  /// How long any wait may take.
  public var deadline: Duration
  /// What this rank's waiting has cost so far.
  public private(set) var waiting = WaitingRecord()
  /// The message that this rank waits for at the moment.
  private(set) var awaited: (kind: MessageKind, number: Int)?
  private var awaitedSender: Int?
  /// What this rank waits for at the moment that is no message: whose deed, and which.
  var awaitedDeed: (() -> (rank: Int, deed: String))?
  /// What this rank waited for beside messages when that wait failed: `rank 2 (gradients of bucket 1 of turn 7)`.
  public private(set) var missedDeed: String?
  /// The rank that it waits for; still known when the wait has failed. A rank that was itself stopped
  /// until lately knows nothing of others, so that it names none.
  public var awaitedRank: Int? {
    noteLook()
    let wasAway = wokeUp.map { $0.duration(to: lastRun) < deadline } ?? false
    return wasAway ? nil : awaitedSender
  }

  /// The ranks that wait for this one while it waits for others, or works.
  ///
  /// They hear from it four times within a deadline, whatever else happens, so that nobody blames
  /// the rank in the middle: it is the one that knows who keeps all waiting.
  public var dependants: [Int] = []
  /// The ranks that wait for this one only while it works.
  ///
  /// While it waits itself they hear nothing, unless it waits for one of its dependants, which keep it
  /// from going on: two ranks that wait for each other must notice.
  public var employers: [Int] = []
  /// The ranks whose work on the same mini-batch needs this one's: they hear from it while it works.
  var fellows: [Int] = []
  /// Called every 10 ms of long work: what this rank does beside it for the ranks of its group.
  var whileWorking: (() throws -> Void)?
  /// Called every few milliseconds while a message is waited for: to show how long that has been.
  public var whileWaiting: (() -> Void)?
  private var lastSign = ContinuousClock.now
  private var lastLook = ContinuousClock.now
  private var lastRun = ContinuousClock.now
  /// When this rank went on that had been stopped.
  private var wokeUp: ContinuousClock.Instant?
  /// When work first saw that the job shall end.
  private var endAsked: ContinuousClock.Instant?

  /// An endpoint over `transport` whose waits end after `deadline`.
  public init(_ transport: any Transport, deadline: Duration) {
    self.transport = transport
    self.deadline = deadline
  }

  /// This rank, from 0: 0 is the coordinator.
  public var worldRank: Int { transport.worldRank }
  /// The number of ranks.
  public var worldSize: Int { transport.worldSize }
  /// Whether all ranks are in this process, and have its memory together.
  public var sharesProcess: Bool { !transport.othersRun }

  /// Whether this rank may have memory together with that one: both are on one node.
  public func canShareMemory(with rank: Int) -> Bool { transport.canShareMemory(with: rank) }

  /// Says what messages shall call a rank: `modality audio, host node3`.
  public func describe(_ rank: Int, as name: String) { names[rank] = name }

  /// What messages call a rank: `rank 2 (modality audio, host node3)`.
  public func name(of rank: Int) -> String {
    names[rank].map { "rank \(rank) (\($0))" } ?? "rank \(rank)"
  }

  /// Whether `describe` has named this rank.
  func hasDescribed(_ rank: Int) -> Bool { names[rank] != nil }

  /// Says which kinds of messages there are from now on beside the common ones, so that errors can name
  /// what came in place of what was expected.
  public func know(_ kinds: [MessageKind]) {
    for kind in kinds { self.kinds[kind.code] = kind }
  }

  /// Starts counting what waiting costs anew.
  public func restartWaiting() { waiting = WaitingRecord() }

  /// An empty message.
  public func frame(_ kind: MessageKind, number: Int = -1) -> Frame {
    let frame = emptyFrame()
    frame.reset(kind: kind, number: number)
    return frame
  }

  /// Starts sending a message; never waits. The frame must not be touched any more.
  public func send(_ frame: Frame, to rank: Int) throws {
    precondition(0..<worldSize ~= rank, "rank \(rank) of \(worldSize)")
    try transport.post(frame, to: rank)
  }

  /// Lets a rank know that a message from this one is near, so that it is awake when it comes. Costs next to
  /// nothing, and nothing depends on it.
  public func announce(to rank: Int) { transport.ring(rank) }

  /// Waits for the message of this kind and number from `rank`, and lets `body` read it.
  ///
  /// The frame goes back to the pool when `body` returns: keep what was read, not the frame.
  public func receive<R>(
    _ kind: MessageKind, number: Int = -1, from rank: Int, _ body: (Frame) throws -> R
  ) throws -> R {
    precondition(0..<worldSize ~= rank, "rank \(rank) of \(worldSize)")
    if let frame = takeEarly(kind, number: number, from: rank) {
      defer { pool.append(frame) }
      return try body(frame)
    }
    var frame = emptyFrame()
    defer { pool.append(frame) }
    awaited = (kind, number)
    awaitedSender = rank
    let listeners = listeners(whileWaitingFor: rank)
    while true {
      try giveSign(to: listeners)
      let arrived =
        try takeAside(from: rank, into: frame)
        || wait {
          noteLook()
          return try transport.take(from: rank, into: frame, within: deadline) {
            noteLook()
            whileWaiting?()
            try giveSign(to: listeners)
          }
        }
      guard arrived else {
        throw ExchangeError.deadlineExceeded(
          waiter: name(of: worldRank), awaited: name(of: rank),
          purpose: kind.named(number: number), seconds: deadline.seconds)
      }
      frame.identify(expecting: kind, among: kinds)
      // A sign of life is not what was awaited, but it starts the wait anew.
      if frame.kind == .alive { continue }
      guard let found = frame.kind, found.comesEarly, found != kind || frame.number > number
      else { break }
      early[rank, default: []].append(frame)
      frame = emptyFrame()
    }
    awaited = nil
    awaitedSender = nil
    if kind != .refusal { try throwIfRefusal(frame, from: rank) }
    guard frame.kind == kind, frame.number == number else {
      throw ExchangeError.outOfTurn(
        receiver: name(of: worldRank), sender: name(of: rank), expected: kind,
        expectedNumber: number, found: frame.kind, foundNumber: frame.number)
    }
    return try body(frame)
  }

  /// Takes the next message of this kind and number if it has come from `rank`, and lets `body` read it.
  /// Never waits. Whatever else has come stays for whoever waits for it.
  ///
  /// - Precondition: messages of the kind may come early.
  func poll(
    _ kind: MessageKind, number: Int, from rank: Int, _ body: (Frame) throws -> Void
  ) throws -> Bool {
    while true {
      let frame: Frame
      if let kept = takeEarly(kind, number: number, from: rank) {
        frame = kept
      } else {
        frame = emptyFrame()
        guard try transport.poll(from: rank, into: frame) else {
          pool.append(frame)
          return false
        }
        frame.identify(expecting: kind, among: kinds)
      }
      if frame.kind == kind, frame.number == number {
        defer { pool.append(frame) }
        try body(frame)
        return true
      }
      try throwIfRefusal(frame, from: rank)
      if frame.kind == .alive {
        signCounts[rank, default: 0] &+= 1
        pool.append(frame)
      } else if frame.kind?.comesEarly ?? false {
        early[rank, default: []].append(frame)
      } else {
        foundAside[rank, default: []].append(frame)
      }
    }
  }

  private func takeAside(from rank: Int, into frame: Frame) -> Bool {
    guard let found = foundAside[rank], !found.isEmpty else { return false }
    frame.exchangeContents(with: found[0])
    pool.append(found[0])
    foundAside[rank]?.removeFirst()
    return true
  }

  private func throwIfRefusal(_ frame: Frame, from rank: Int) throws {
    guard frame.kind == .refusal else { return }
    var refusal = Refusal()
    try refusal.layout(Fields(frame, isReading: true))
    throw ExchangeError.refused(
      by: refusal.by.isEmpty ? name(of: rank) : refusal.by, reason: refusal.reason)
  }

  /// Waits until `isOver` says so: for what another rank does in memory that both share, or for messages
  /// that `isOver` polls.
  ///
  /// - Parameters:
  ///   - deed: whose deed is waited for, and which, for messages and for whoever asks meanwhile.
  ///   - pulse: changes while that rank lives: then the wait begins anew.
  ///   - areRung: whether all who can bring about the end ring this rank then.
  ///   - blame: the rank that is to blame when time is over.
  ///   - fellows: who hears meanwhile that this rank lives, unless it is whom this one waits for.
  func wait(
    for deed: @escaping () -> (rank: Int, deed: String), pulse: () -> UInt32, areRung: Bool,
    blame: (Int) -> Int, fellows: [Int] = [], until isOver: () throws -> Bool
  ) throws {
    if try isOver() { return }
    awaitedDeed = deed
    defer {
      if let rank = awaitedSender { missedDeed = "\(name(of: rank)) (\(deed().deed))" }
      awaitedDeed = nil
    }
    var last = pulse()
    while true {
      var beats = false
      let hasEnded = try wait {
        noteLook()
        awaitedSender = deed().rank
        return try transport.wait(areRung: areRung, within: deadline) {
          noteLook()
          whileWaiting?()
          let listeners = listeners(whileWaitingFor: deed().rank)
          try giveSign(
            to: listeners + fellows.filter { $0 != awaitedSender && !listeners.contains($0) })
          if try isOver() { return true }
          awaitedSender = deed().rank
          let now = pulse()
          beats = now != last
          last = now
          return beats
        }
      }
      guard hasEnded else {
        let (rank, purpose) = deed()
        let culprit = blame(rank)
        awaitedSender = culprit
        throw ExchangeError.deadlineExceeded(
          waiter: name(of: worldRank), awaited: name(of: culprit), purpose: purpose,
          seconds: deadline.seconds)
      }
      if !beats { break }
    }
    awaitedSender = nil
  }

  /// Whether a message that may come early has come, as far as other messages were awaited since.
  public func hasEarly(_ kind: MessageKind, number: Int, from rank: Int) -> Bool {
    early[rank]?.contains { $0.kind == kind && $0.number == number } ?? false
  }

  /// Whether some message of a rank has come, or has begun to, that nobody has received.
  public func hasMessage(from rank: Int) -> Bool {
    !(foundAside[rank]?.isEmpty ?? true) || transport.hasMessage(from: rank)
  }

  /// Waits until one of some ranks has sent something that nobody has received, and returns it: the first of
  /// them before others, and the first is named where none has within the deadline.
  public func awaitMessage(fromAnyOf ranks: [Int]) throws -> Int {
    var sender = ranks[0]
    try wait(
      for: { (ranks[0], "to send something") }, pulse: { 0 },
      areRung: ranks.allSatisfy(transport.canShareMemory), blame: { $0 }
    ) {
      guard let found = ranks.first(where: hasMessage) else { return false }
      sender = found
      return true
    }
    return sender
  }

  private func takeEarly(_ kind: MessageKind, number: Int, from rank: Int) -> Frame? {
    guard kind.comesEarly,
      let place = early[rank]?.firstIndex(where: { $0.kind == kind && $0.number == number })
    else { return nil }
    return early[rank]?.remove(at: place)
  }

  /// Notes that this rank runs. Between two looks pass milliseconds, unless it was stopped.
  private func noteLook() {
    let now = ContinuousClock.now
    if lastRun.duration(to: now) > deadline / 2 { wokeUp = now }
    lastRun = now
  }

  /// Waits until everything sent has left.
  public func flush() throws {
    guard let receiver = try wait({ try transport.drain(within: deadline) }) else { return }
    throw ExchangeError.deadlineExceeded(
      waiter: name(of: worldRank), awaited: name(of: receiver), purpose: "to take what was sent",
      seconds: deadline.seconds)
  }

  /// From now on the first wish to end the job is for somebody who looks at `isAskedToEnd`, and does not
  /// end waits and work: a run that can be gone on with ends by itself. A second wish ends all the same.
  public func endGently() { Interruption.beGentle() }

  /// Whether the job was asked to end.
  public var isAskedToEnd: Bool { Interruption.isAsked }

  /// Runs `body`, all of this rank's part in a job. However long it works between two messages, those
  /// who wait for it hear that it lives, what it has sent goes on, and it ends when the job shall:
  /// all of that in the steps of `LongWork`.
  public func working<R>(_ body: () throws -> R) rethrows -> R {
    try LongWork.run(lookingUp: { [unowned self] in try lookUp() }, body)
  }

  private func lookUp() throws {
    if Interruption.isRequested, isEnded { throw ExchangeError.interrupted }
    // Where no other rank runs meanwhile, nobody waits.
    guard transport.othersRun else { return }
    let now = ContinuousClock.now
    let worked = lastLook.duration(to: now)
    guard worked >= min(.milliseconds(10), deadline / 16) else { return }
    noteLook()
    // Somebody waits for what is still leaving, and a sign would come after it: a quarter of the time
    // is spent on that.
    try transport.push(atMost: min(worked, deadline) / 4)
    lastLook = .now
    collectLeft()
    try giveSign(to: dependants + employers + fellows)
    try whileWorking?()
  }

  /// Whether a job that was asked to end ends here, in the middle of work.
  ///
  /// A launcher sends SIGTERM when a rank has died. Who waits for the dead can name it, so work that is
  /// short goes on to the next wait.
  private var isEnded: Bool {
    guard Interruption.signal == SIGTERM, transport.othersRun else { return true }
    let asked = endAsked ?? .now
    endAsked = asked
    return asked.duration(to: .now) > .milliseconds(300)
  }

  /// Who hears that this rank lives while it waits for `rank`.
  private func listeners(whileWaitingFor rank: Int) -> [Int] {
    dependants.contains(rank)
      ? dependants + employers.filter { !dependants.contains($0) } : dependants
  }

  /// Tells others that this rank lives, if it is time again.
  private func giveSign(to ranks: [Int]) throws {
    guard !ranks.isEmpty else { return }
    let now = ContinuousClock.now
    guard now >= lastSign + deadline / 4 else { return }
    lastSign = now
    for rank in ranks { try send(frame(.alive), to: rank) }
  }

  /// Waits, and books what it cost.
  private func wait<Outcome>(_ body: () throws -> Outcome) throws -> Outcome {
    if Interruption.isRequested { throw ExchangeError.interrupted }
    let began = WaitingRecord.Mark()
    defer { waiting.add(since: began) }
    return try body()
  }

  private func emptyFrame() -> Frame {
    collectLeft()
    return pool.popLast() ?? Frame()
  }

  /// Takes back the frames that have left; what is still under way goes on.
  private func collectLeft() {
    while let frame = transport.reclaim() { pool.append(frame) }
  }
}

extension Duration {
  /// The duration in seconds.
  public var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
