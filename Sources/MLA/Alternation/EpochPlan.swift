import Tensors

/// The mini-batches of one epoch, or of a part of one.
public struct EpochPlan: Sendable {
  private let plan: TrainingPlan
  /// The epoch, from 0.
  public let epoch: Int
  /// The number of cycles in the epoch.
  public let cycleCount: Int
  /// The cycles of the epoch that are served: all of them, unless this is a part.
  public private(set) var cycles: Range<Int>
  /// Sample numbers in the order they are served: one list for all modalities, or one each.
  private let served: [[Int]]

  init(plan: TrainingPlan, epoch: Int) {
    self.plan = plan
    self.epoch = epoch
    cycleCount = plan.cyclesPerEpoch
    cycles = 0..<cycleCount
    switch plan.sampling {
    case .shared:
      var generator = SeededGenerator(seed: plan.seed, stream: "shuffle/\(epoch)")
      served = [generator.permutation(plan.roster.sampleCount)]
    case .own:
      served = (0..<plan.roster.modalityCount).map { modality in
        Self.ownOrder(of: modality, in: plan, epoch: epoch)
      }
    case .explicit:
      served = []
    }
  }

  /// The part of the plan that serves some cycles of the epoch.
  public func part(_ cycles: Range<Int>) -> EpochPlan {
    precondition(self.cycles.lowerBound <= cycles.lowerBound)
    precondition(cycles.upperBound <= self.cycles.upperBound)
    var part = self
    part.cycles = cycles
    return part
  }

  /// The turns of the plan, in order.
  public var turns: [Turn] {
    let width = plan.order.count
    return cycles.flatMap { cycleInEpoch in
      plan.order.enumerated().map { place, modality in
        let cycle = epoch * cycleCount + cycleInEpoch
        return Turn(
          index: cycle * width + place, epoch: epoch, cycle: cycle, cycleInEpoch: cycleInEpoch,
          cyclesPerEpoch: cycleCount, modality: modality)
      }
    }
  }

  /// The samples of one cycle's mini-batch that a modality has, in the order they were drawn.
  ///
  /// - Precondition: sampling is not `explicit`, which knows rows only.
  public func samples(cycleInEpoch: Int, modality: Int) -> [Int] {
    precondition(!served.isEmpty, "explicit sampling knows rows only")
    let isShared = plan.sampling == .shared
    let order = served[isShared ? 0 : modality]
    let slice = order.dropFirst(cycleInEpoch * plan.servedBatchSize)
      .prefix(plan.servedBatchSize)
    guard isShared else { return Array(slice) }
    let rows = plan.roster.rows[modality]
    return slice.filter { rows[$0] != Roster.absent }
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
