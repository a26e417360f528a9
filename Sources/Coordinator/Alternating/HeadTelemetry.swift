import MLA
import Tensors

/// Measures, in every so many cycles, what the turns of each modality do to the others through the head.
///
/// All that is compared is of one cycle, so that nothing but sums is remembered between two of them. Turns are
/// noted when they delay nobody, and a cycle's figures are worked out after its last turn: of a turn, a copy of
/// the head and of its gradient; of a cycle, one product for each modality and one for all cosines.
final class HeadTelemetry {
  /// What every so many cycles are measured; 0: none.
  private let every: Int
  private let modalityCount: Int
  private let weightCount: Int
  private let featureCount: Int
  private let room: Room?
  private let observe: ((TurnInterference) throws -> Void)?
  private var sums: InterferenceSums
  /// The measured turns of the cycle so far.
  private var turns: [TurnInterference] = []

  /// What is copied of a cycle's turns.
  private struct Room {
    /// W as the run began and as the turn found it, `[K, D]`.
    let first, before: Buffer<Float>
    /// `W' - W` and `G` of each modality's turn, `[M, K, D]`; nothing where modalities are too many.
    let steps, gradients: Buffer<Float>
    /// The mean feature of each modality's turn, `[M, D]`.
    let means: Buffer<Float>
    /// Logits that means were moved by, `[K, M]`, and products of gradients, `[M, M]`.
    let shifts, products: Buffer<Float>
  }

  /// With more modalities than these, pairs of them are not compared.
  static let mostCompared = 16

  /// - Parameters:
  ///   - head: the head as the run begins.
  ///   - every: the cycles from one that is measured to the next; 0: none is.
  ///   - observe: hears of each measured turn, after the last one of its cycle.
  init(
    _ head: SharedHead, modalityCount: Int, every: Int,
    observe: ((TurnInterference) throws -> Void)? = nil
  ) {
    (self.every, self.modalityCount, self.observe) = (every, modalityCount, observe)
    (weightCount, featureCount) = (head.head.weight.values.count, head.head.featureCount)
    sums = InterferenceSums(modalityCount: modalityCount)
    guard every > 0 else {
      room = nil
      return
    }
    let compared = modalityCount <= Self.mostCompared ? modalityCount : 0
    let room = Room(
      first: Buffer(weightCount), before: Buffer(weightCount),
      steps: Buffer(compared * weightCount), gradients: Buffer(compared * weightCount),
      means: Buffer(compared * featureCount), shifts: Buffer(head.head.classCount * compared),
      products: Buffer(compared * compared))
    room.first.update(from: head.head.weight.values)
    self.room = room
  }

  /// The sums of the epoch so far, the same whether anything is measured: a run may be gone on with otherwise.
  var state: [NamedState] {
    [
      NamedState("sums", sums.sums) { self.sums.sums = $0 },
      NamedState("counts", sums.counts) { self.sums.counts = $0 },
    ]
  }

  /// Begins some cycles, or one that goes on from where another ended.
  func begin(cycle: Int, _ head: SharedHead) {
    guard let room, cycle % every == 0 else { return }
    room.before.update(from: head.head.weight.values)
  }

  /// Notes a turn, with samples or without, once it is settled.
  func note(_ record: TurnRecord) throws {
    guard let room else { return }
    let (turn, head) = (record.turn, record.head)
    let isLast = turn.index % modalityCount == modalityCount - 1
    if turn.cycle % every == 0 {
      if record.totals.samples > 0 { measure(turn, head, room) }
      if isLast { try finishCycle(room) }
    }
    if isLast { begin(cycle: turn.cycle + 1, head) }
  }

  /// The means of the epoch; starts the next one.
  func finishEpoch(_ head: SharedHead) -> HeadInterference? {
    guard let room else { return nil }
    defer { sums = InterferenceSums(modalityCount: modalityCount) }
    return sums.means(drift: BLAS.distance(head.head.weight.values, room.first))
  }

  private func measure(_ turn: Turn, _ head: SharedHead, _ room: Room) {
    let weights = head.head.weight.values
    let gradient = head.weightGradient
    let plain = head.projection == nil ? 0 : head.unprojectedWeightNorm
    turns.append(
      TurnInterference(
        turn: turn, gradientNorm: BLAS.norm(gradient),
        gradientRatio: plain > 0 ? BLAS.norm(head.weightStep) / plain : nil,
        stepNorm: BLAS.distance(weights, room.before),
        drift: BLAS.distance(weights, room.first),
        logitShifts: Array(repeating: nil, count: modalityCount),
        gradientCosines: Array(repeating: nil, count: modalityCount)))
    if !room.steps.isEmpty {
      let place = turn.modality * weightCount..<(turn.modality + 1) * weightCount
      room.gradients[place].update(from: gradient)
      Self.subtract(room.before, from: weights, into: room.steps[place])
      let mean = head.update.meanFeature
      for feature in 0..<featureCount {
        room.means[turn.modality * featureCount + feature] = Float(mean[feature])
      }
    }
    room.before.update(from: weights)
  }

  /// Compares the turns of a cycle with each other.
  private func finishCycle(_ room: Room) throws {
    defer { turns.removeAll(keepingCapacity: true) }
    if !room.steps.isEmpty, !turns.isEmpty {
      let served = turns.map(\.turn.modality)
      BLAS.multiply(
        room.gradients, transposed: false, room.gradients, transposed: true, into: room.products,
        m: modalityCount, n: modalityCount, k: weightCount)
      for place in turns.indices {
        let own = served[place]
        let shifts = shifts(of: own, room)
        for other in served {
          turns[place].logitShifts[other] = shifts[other]
          if other != own { turns[place].gradientCosines[other] = cosine(own, other, room) }
        }
      }
    }
    for turn in turns {
      sums.add(turn)
      try observe?(turn)
    }
  }

  /// How far the step of a modality's turn moves the mean logits of each.
  private func shifts(of modality: Int, _ room: Room) -> [Double] {
    let classCount = weightCount / featureCount
    BLAS.multiply(
      room.steps[modality * weightCount..<(modality + 1) * weightCount], transposed: false,
      room.means, transposed: true, into: room.shifts, m: classCount, n: modalityCount,
      k: featureCount)
    return (0..<modalityCount).map { other in
      (0..<classCount).reduce(0.0) { sum, label in
        let shift = Double(room.shifts[label * modalityCount + other])
        return sum + shift * shift
      }.squareRoot()
    }
  }

  private func cosine(_ one: Int, _ other: Int, _ room: Room) -> Double? {
    func product(_ row: Int, _ column: Int) -> Double {
      Double(room.products[row * modalityCount + column])
    }
    let norms = (product(one, one) * product(other, other)).squareRoot()
    // The product of two rows is computed twice; one of them is taken, so that the cosines are symmetric.
    return norms > 0 ? product(min(one, other), max(one, other)) / norms : nil
  }

  /// `c = a - b`.
  private static func subtract(
    _ b: Buffer<Float>, from a: Buffer<Float>, into c: Buffer<Float>
  ) {
    a.withSpan { a in
      b.withSpan { b in
        c.withMutableSpan { c in
          for place in c.indices { c[place] = a[place] - b[place] }
        }
      }
    }
  }
}

extension Buffer {
  fileprivate var isEmpty: Bool { count == 0 }
}
