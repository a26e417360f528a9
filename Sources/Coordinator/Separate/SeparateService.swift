import Exchange
import MLA
import Methods
import Tensors

/// The coordinator's side of separate training: it conducts nothing and only hears how far all are.
public final class SeparateService: CoordinatorMethod {
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

  /// Hears of every mini-batch of a plan.
  ///
  /// - Parameter totals: what each modality trained in the epoch so far.
  public func train(_ plan: EpochPlan, adding totals: inout [TrainingTotals]) throws {
    for turn in plan.turns where !plan.isEmpty(turn) {
      Trace.place(turn: turn.index, cycle: turn.cycle)
      let progress = try endpoint.receive(
        Progress(), number: turn.index, from: leaders[turn.modality])
      totals[turn.modality] += progress.totals
      try observe(turn, progress.totals)
    }
  }
}

extension SeparateTraining: CoordinatorSide {
  /// A listener.
  public func coordinator(of run: CoordinatorRank) -> any CoordinatorMethod {
    SeparateService(endpoint: run.endpoint, leaders: run.leaders, observe: run.turnEnded)
  }
}
