import Exchange
import MLA

/// The coordinator's side of separate training: it conducts nothing and only hears how far all are.
public final class SeparateService: CoordinatorMethod {
  /// None: every worker has a head of its own.
  public let sharedHead: SharedHead? = nil
  /// None: every head has its own.
  public let commonBias: [Float]? = nil

  private let endpoint: Endpoint
  private let leaders: [Int]
  private let observe: (Turn, TrainingTotals) throws -> Void

  /// - Parameter observe: called for each mini-batch of each modality, in the order of the plan.
  public init(
    endpoint: Endpoint, leaders: [Int],
    observe: @escaping (Turn, TrainingTotals) throws -> Void = { _, _ in }
  ) {
    self.endpoint = endpoint
    self.leaders = leaders
    self.observe = observe
  }

  /// Hears of every mini-batch of an epoch.
  ///
  /// - Returns: nil, because each modality has a loss of its own.
  public func train(_ plan: EpochPlan) throws -> TrainingTotals? {
    for turn in plan.turns
    where !plan.rows(of: turn).isEmpty {
      let leader = leaders[turn.modality]
      let totals = try endpoint.receive(.progress, turn: turn.index, from: leader) {
        try $0.readTotals()
      }
      try observe(turn, totals)
    }
    return nil
  }
}
