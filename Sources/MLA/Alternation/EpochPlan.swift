import Synchronization
import Tensors

/// The mini-batches of one epoch, or of a part of one.
///
/// Whatever grows with the number of modalities is worked out when it is asked for, and not before: each rank
/// has a plan, and goes through the turns and the samples of its own modality.
public struct EpochPlan: Sendable {
  let plan: TrainingPlan
  /// The epoch, from 0.
  public let epoch: Int
  /// The number of cycles in the epoch.
  public let cycleCount: Int
  /// The order in which its cycles serve the modalities.
  public let order: [Int]
  /// The cycles of the epoch that are served: all of them, unless this is a part.
  public private(set) var cycles: Range<Int>
  /// Sample numbers in the order they are served to all modalities; nil: each has an order of its own, or rows.
  private let shared: [Int]?
  private let own = OwnOrders()

  init(plan: TrainingPlan, epoch: Int, order: [Int]) {
    precondition(order.sorted() == Array(plan.order.indices))
    self.plan = plan
    self.epoch = epoch
    self.order = order
    cycleCount = plan.cyclesPerEpoch
    cycles = 0..<cycleCount
    guard plan.sampling == .shared else {
      shared = nil
      return
    }
    var generator = SeededGenerator(seed: plan.seed, stream: "shuffle/\(epoch)")
    shared = generator.permutation(plan.roster.sampleCount)
  }

  /// The plan of an epoch that comes so many after this one.
  public func following(_ count: Int) -> EpochPlan { plan.epoch(epoch + count) }

  /// The part of the plan that serves some cycles of the epoch.
  public func part(_ cycles: Range<Int>) -> EpochPlan {
    precondition(self.cycles.lowerBound <= cycles.lowerBound)
    precondition(cycles.upperBound <= self.cycles.upperBound)
    var part = self
    part.cycles = cycles
    return part
  }

  /// The samples of one cycle's mini-batch that a modality has, in the order they were drawn.
  ///
  /// With `explicit` sampling, which knows rows, each is looked for in the roster.
  public func samples(cycleInEpoch: Int, modality: Int) -> [Int] {
    let rows = plan.roster.rows[modality]
    if case .explicit(let epochs) = plan.sampling {
      return epochs[epoch][cycleInEpoch][modality].compactMap { rows.firstIndex(of: Int32($0)) }
    }
    if let shared {
      return shared[places(ofCycle: cycleInEpoch, in: shared)]
        .filter { rows[$0] != Roster.absent }
    }
    let order = own.order(of: modality) { Self.ownOrder(of: modality, in: plan, epoch: epoch) }
    return Array(order[places(ofCycle: cycleInEpoch, in: order)])
  }

  /// Whether a modality has no sample of one cycle's mini-batch.
  public func isEmpty(cycleInEpoch: Int, modality: Int) -> Bool {
    switch plan.sampling {
    case .explicit(let epochs): return epochs[epoch][cycleInEpoch][modality].isEmpty
    // Who has any fills every mini-batch but the last, which has at least one.
    case .own: return plan.ownCounts[modality] == 0
    case .shared:
      guard let shared else { return true }
      let rows = plan.roster.rows[modality]
      return shared[places(ofCycle: cycleInEpoch, in: shared)]
        .allSatisfy { rows[$0] == Roster.absent }
    }
  }

  private func places(ofCycle cycleInEpoch: Int, in order: [Int]) -> Range<Int> {
    let first = min(cycleInEpoch * plan.servedBatchSize, order.count)
    return first..<min(first + plan.servedBatchSize, order.count)
  }

  /// The rows, in the modality's own source, of one cycle's mini-batch.
  public func rows(cycleInEpoch: Int, modality: Int) -> [Int] {
    if case .explicit(let epochs) = plan.sampling { return epochs[epoch][cycleInEpoch][modality] }
    let rows = plan.roster.rows[modality]
    return samples(cycleInEpoch: cycleInEpoch, modality: modality).map { Int(rows[$0]) }
  }

  /// The rows, in the source of the modality served, of a turn's mini-batch.
  public func rows(of turn: Turn) -> [Int] {
    rows(cycleInEpoch: turn.cycleInEpoch, modality: turn.modality)
  }

  /// Whether a turn has no samples, and is left out.
  public func isEmpty(_ turn: Turn) -> Bool {
    isEmpty(cycleInEpoch: turn.cycleInEpoch, modality: turn.modality)
  }

  /// A modality's samples for a whole epoch, shuffled, and shuffled again whenever they run out.
  private static func ownOrder(of modality: Int, in plan: TrainingPlan, epoch: Int) -> [Int] {
    let own = plan.roster.samples(of: modality)
    guard !own.isEmpty else { return [] }
    // The longest modality ends on its short batch; the others start over and are full.
    let full = plan.cyclesPerEpoch * plan.servedBatchSize
    let isLongest = own.count > full - plan.servedBatchSize
    let needed = isLongest ? own.count : full
    var order: [Int] = []
    order.reserveCapacity(needed)
    var pass = 0
    while order.count < needed {
      var generator = SeededGenerator(
        seed: plan.seed, stream: "shuffle/\(epoch)/\(modality)/\(pass)")
      let permutation = generator.permutation(own.count)
      order += permutation.prefix(needed - order.count).map { own[$0] }
      pass += 1
    }
    return order
  }
}

/// The orders of modalities that draw their own samples, each from when it was first asked for.
private final class OwnOrders: Sendable {
  private let orders = Mutex<[Int: [Int]]>([:])

  func order(of modality: Int, _ make: () -> [Int]) -> [Int] {
    orders.withLock { orders in
      if let known = orders[modality] { return known }
      let order = make()
      orders[modality] = order
      return order
    }
  }
}
