import Tensors

/// What the projectors of `memory = others` have still to learn: every turn's mean feature is one for all
/// projectors but its own, and each of them learns them in their order, at a moment of its own.
///
/// With M modalities a turn brings M - 1 rank-one changes. No turn waits for them: a projector learns when its
/// modality is next, or while the coordinator waits.
struct PendingAbsorptions {
  /// The features of as many turns as are remembered, `[capacity, size]`, round and round.
  private let features: Buffer<Double>
  private let size: Int
  private var facts: [(lambda: Double, modality: Int)]
  /// The number of turns so far.
  private var count = 0
  /// How many of them each projector has learned, or passed because they are its own.
  private var learned: [Int]

  /// Room for two cycles of turns, or none where there is one projector for all.
  init(size: Int, projectorCount: Int) {
    let capacity = projectorCount > 1 ? 2 * projectorCount : 0
    self.size = size
    features = Buffer(capacity * size)
    facts = Array(repeating: (0, 0), count: capacity)
    learned = Array(repeating: 0, count: projectorCount)
  }

  /// Whether one more turn would overwrite one that `projector` has still to learn.
  func isLast(_ projector: Int) -> Bool { count - learned[projector] == facts.count }

  /// Adds the mean feature of a turn; `isLast` holds for nobody.
  mutating func append(_ feature: Buffer<Double>, lambda: Double, modality: Int) {
    guard !facts.isEmpty else { return }
    let place = count % facts.count
    features[place * size..<(place + 1) * size].update(from: feature)
    facts[place] = (lambda, modality)
    count += 1
  }

  /// The oldest turn that `projector` has still to learn, which it has learned then; nil: there is none.
  mutating func next(for projector: Int) -> (feature: Buffer<Double>, lambda: Double)? {
    while learned[projector] < count {
      let place = learned[projector] % facts.count
      learned[projector] += 1
      guard facts[place].modality != projector else { continue }
      return (features[place * size..<(place + 1) * size], facts[place].lambda)
    }
    return nil
  }

  /// Forgets what nobody has to learn any more: projectors start over.
  mutating func forget() { for projector in learned.indices { learned[projector] = count } }
}
