import Exchange
import Networks
import Tensors

/// A training step that the replicas of a group take together: as soon as all of them have the gradients of
/// some layers, each sums the gradients of its part of these layers and moves its values, block by block.
///
/// Gradients are added as a tree over places, values move as the optimizer alone would move them along that
/// sum: neither the number of nodes nor what was ready when changes a bit. Nothing here waits but `settle`
/// and, where gradients must be known before the first value moves (clipping, or `sumsFirst`), `finish`.
public final class ReplicaStep: EncoderStep {
  /// The turn that the next step belongs to, for messages to people; nil: they count steps.
  public var turn: Int?
  /// The first value whose gradient was found infinite or not a number in the last step, so that the step has
  /// spoilt it: as far as this replica knows, and after `settle` as far as those of its node do.
  public internal(set) var spoilt: Range<Int>?
  /// The Euclidean norm of all gradients in the last step, before clipping; nil without `sumsFirst`.
  public internal(set) var norm: Double?
  /// Whether all gradients are summed before the first value moves.
  public let sumsFirst: Bool

  let group: ReplicaGroup
  let memory: ReplicaMemory
  let store: ParameterStore
  let optimizer: Optimizer
  let mail: ReplicaMail
  let node: Int
  let local: Int
  /// What this replica moves.
  let pieces: [ReplicaPlan.Piece]
  /// What those with its number on other nodes move, by place.
  let partnerPieces: [Int: [ReplicaPlan.Piece]]
  /// Where gradients of this replica's pieces come from other nodes, by place, piece after piece.
  let inbox: [Int: Buffer<Float>]
  let starts: [Int]
  /// What a trace calls the sums of each bucket.
  private let sumNames: [TraceName]
  let scratch = Buffer<Float>(ReplicaPiece.count)
  let partial = Buffer<Float>(ReplicaStep.block)

  /// The number of this step, from 1.
  private(set) var number: UInt32 = 0
  var phase = Phase.settled
  private var learningRate = 0.0
  private var factor = 1.0
  /// By bucket, the floats that this replica has no gradients of yet.
  private var missing: [Int] = []
  /// The buckets that this replica has completed, and those that all of the node have.
  private var completed = 0
  private(set) var ready = 0
  /// The pieces that this replica has summed, and those that it has moved.
  private(set) var summed = 0
  private(set) var moved = 0
  /// The pieces that have come from other nodes, by place.
  var gradientsFrom: [Int: Int] = [:]
  var squaresFrom: [Int: Int] = [:]
  var valuesFrom: [Int: Int] = [:]
  private var isAdvancing = false

  /// How far a step is for this replica.
  enum Phase { case summing, norming, moving, leaving, settled }

  /// The floats that are summed and moved at a time: what stays in the nearest caches.
  static let block = 1 << 13

  /// A step of the network whose arrays are in `memory`, as `memory.parameters` gave them to the encoder and
  /// to the optimizer. All replicas make theirs at the same time; the values of all are drawn then.
  ///
  /// - Parameter sumsFirst: whether all gradients are to be summed first though nothing is clipped: whoever
  ///   may leave a mini-batch out must `check` them.
  public init(
    _ group: ReplicaGroup, _ memory: ReplicaMemory, store: ParameterStore, optimizer: Optimizer,
    sumsFirst: Bool = false
  ) throws {
    precondition(store.gradientMemory == .whole, "replicas keep all gradients")
    (self.group, self.memory, self.store, self.optimizer) = (group, memory, store, optimizer)
    self.sumsFirst = sumsFirst || optimizer.options.clipNorm != nil
    let (grid, plan) = (memory.grid, memory.plan)
    sumNames = plan.buckets.indices.map { TraceName("sum/\($0)") }
    (node, local) = (grid.node(of: group.place), grid.local(of: group.place))
    pieces = plan.pieces(node: node, local: local, in: grid)
    mail = ReplicaMail(group, grid)
    var (sizes, starts) = (0, [Int]())
    for piece in pieces {
      starts.append(sizes)
      sizes += piece.range.count
    }
    self.starts = starts
    let local = local
    partnerPieces = Dictionary(
      uniqueKeysWithValues: mail.partners.map {
        ($0, plan.pieces(node: grid.node(of: $0), local: local, in: grid))
      })
    inbox = Dictionary(uniqueKeysWithValues: mail.partners.map { ($0, Buffer(sizes)) })
    group.progress = { [weak self] in try self?.advance() }
    try group.meet(for: "its weights")
  }

  var bucketCount: Int { memory.plan.buckets.count }

  /// Begins the step of a mini-batch.
  public func begin(learningRate: Double) throws {
    try settle()
    number &+= 1
    self.learningRate = learningRate
    (spoilt, norm, factor) = (nil, nil, 1)
    missing = memory.plan.buckets.map { $0.layers.reduce(0) { $0 + $1.count } }
    (completed, ready, summed, moved) = (0, 0, 0, 0)
    (gradientsFrom, squaresFrom, valuesFrom) = ([:], [:], [:])
    phase = .summing
    if !sumsFirst { optimizer.begin() }
  }

  /// Shows that the gradients of a layer are complete here, and sums and moves what is complete everywhere.
  public func complete(_ range: Range<Int>) throws {
    let bucket = memory.plan.buckets.firstIndex { $0.range.overlaps(range) }
    if let bucket { missing[bucket] -= range.count }
    let before = completed
    while completed < bucketCount, missing[completed] == 0 { completed += 1 }
    if completed > before {
      let count = (number &- 1) &* UInt32(bucketCount) &+ UInt32(completed)
      memory.progress[local, .completed] = count
      // The last to come tells the others; until then they can do nothing.
      if memory.progress.behind(count, .completed) == nil { ringFellows() }
    }
    try advance()
  }

  /// Goes on with what can be gone on with, and never waits: called in the middle of long work, too.
  public func advance() throws {
    guard !isAdvancing, phase != .settled else { return }
    isAdvancing = true
    defer { isAdvancing = false }
    try group.throwIfFailed()
    try takeMail()
    while ready < completed, isReady(ready) {
      if !mail.partners.isEmpty { queueGradients(of: ready) }
      ready += 1
    }
    try sendMail()
    while summed < pieces.count, canSum(summed) {
      Trace.span(sumNames[pieces[summed].bucket]) { sum(pieces[summed]) }
      summed += 1
    }
    if phase == .summing, summed == pieces.count { endSumming() }
    if phase == .norming, isNormKnown, memory.progress[local, .summed] != number {
      memory.progress[local, .summed] = number
      ringFellows()
    }
    if phase == .moving { move() }
    try sendMail()
    if phase == .leaving, isOver { end() }
  }

  /// Ends the step for this replica's backward pass. With `sumsFirst` it waits until all gradients are summed.
  public func finish() throws -> Range<Int>? {
    precondition(phase == .settled || completed == bucketCount, "gradients are missing")
    if sumsFirst, phase == .summing || phase == .norming {
      _ = try check()
      optimizer.begin()
      factor = optimizer.options.clipNorm.map { $0 / ((norm ?? 0) + 1e-6) } ?? 1
      phase = .moving
    }
    try advance()
    return spoilt
  }

  /// Waits until all gradients are summed. Whether they are finite: the same for all replicas. Then the step
  /// is ended by `finish`, or by `leaveOut`.
  public func check() throws -> Bool {
    precondition(sumsFirst && completed == bucketCount)
    if norm == nil {
      try wait { phase == .norming && memory.progress.behind(number, .summed) == nil }
      norm = GradientChunks.total(memory.squares).squareRoot()
    }
    return norm?.isFinite ?? false
  }

  /// Ends a step after `check` with nothing moved, as if it had not begun.
  public func leaveOut() throws {
    precondition(norm != nil && phase == .norming)
    (phase, moved) = (.leaving, pieces.count)
    for partner in mail.partners { valuesFrom[partner] = partnerPieces[partner]?.count }
    try advance()
  }

  /// Waits until all values are those after the last step.
  public func settle() throws {
    guard phase != .settled || memory.progress.behind(number, .over) != nil else { return }
    try wait { phase == .settled && memory.progress.behind(number, .over) == nil }
    let found = (0..<memory.grid.localCount).compactMap { local in
      let place = Int(memory.progress[local, .spoilt])
      return place == 0 ? nil : place - 1
    }
    if let first = found.min() { spoilt = first..<first + 1 }
  }

  private func wait(until isOver: () -> Bool) throws {
    try Trace.span("wait replicas") {
      try group.wait(for: { [self] in missingDeed }) {
        try advance()
        return isOver()
      }
    }
  }

  func ringFellows() { if memory.grid.localCount > 1 { group.ringFellows() } }

  /// Whether all replicas of the node have the gradients of a bucket.
  private func isReady(_ bucket: Int) -> Bool {
    let count = (number &- 1) &* UInt32(bucketCount) &+ UInt32(bucket + 1)
    return memory.progress.behind(count, .completed) == nil
  }

  private func canSum(_ piece: Int) -> Bool {
    pieces[piece].bucket < ready
      && mail.partners.allSatisfy { gradientsFrom[$0, default: 0] > piece }
  }

  /// Sums a piece, and moves it at once where nothing has to be known before.
  private func sum(_ piece: ReplicaPlan.Piece) {
    for range in Self.blocks(of: piece.range) {
      let total = total(of: range, inPiece: summed)
      if sumsFirst {
        keep(total, of: range)
      } else {
        move(range, along: total)
      }
    }
    if !sumsFirst { hasMoved(piece) }
  }

  private func hasMoved(_ piece: ReplicaPlan.Piece) {
    moved += 1
    for partner in mail.partners {
      mail.queue(ReplicaParcel(ReplicaPiece.values, piece.range), to: partner)
    }
  }

  /// All is summed that this replica sums.
  private func endSumming() {
    phase = sumsFirst ? .norming : .leaving
    if sumsFirst { findSquares() }
  }

  /// Moves the pieces along what was summed before.
  private func move() {
    for piece in pieces[moved...] {
      for range in Self.blocks(of: piece.range) {
        let gradients = store.gradients(of: range)
        if factor < 1 { FixedSums.scale(gradients, by: Float(factor)) }
        move(range, along: gradients)
      }
      hasMoved(piece)
    }
    phase = .leaving
  }

  private func move(_ range: Range<Int>, along gradients: Buffer<Float>) {
    optimizer.move(range, along: gradients, learningRate: learningRate)
    guard spoilt == nil, optimizer.nonfinite != nil else { return }
    let place = gradients.firstIndex { !$0.isFinite } ?? 0
    spoilt = range.lowerBound + place..<range.lowerBound + place + 1
  }

  static func blocks(of range: Range<Int>) -> [Range<Int>] {
    stride(from: range.lowerBound, to: range.upperBound, by: block).map {
      $0..<min($0 + block, range.upperBound)
    }
  }

  /// Whether this replica has nothing more to do or to get.
  private var isOver: Bool {
    mail.behind == nil
      && mail.partners.allSatisfy {
        valuesFrom[$0, default: 0] == partnerPieces[$0]?.count ?? 0
      }
  }

  private func end() {
    phase = .settled
    memory.progress[local, .spoilt] = UInt32((spoilt?.lowerBound ?? -1) + 1)
    memory.progress[local, .over] = number
    ringFellows()
  }
}
