import Coordinator
import Exchange
import MLA
import Methods

/// The coordinator's side of training in rounds: it hears how far the modality of the round is.
final class RoundService: CoordinatorMethod {
  private let method: RoundTraining
  private let run: CoordinatorRank

  init(_ method: RoundTraining, of run: CoordinatorRank) {
    self.method = method
    self.run = run
  }

  func train(_ plan: EpochPlan, adding totals: inout [TrainingTotals]) throws {
    let modality = method.modality(ofEpoch: plan.epoch, of: run.leaders.count)
    for turn in plan.turns(of: modality) where !plan.isEmpty(turn) {
      let progress = try run.endpoint.receive(
        Progress(), number: turn.index, from: run.leaders[modality])
      totals[modality] += progress.totals
      try run.turnEnded(turn, progress.totals)
    }
  }
}

extension RoundTraining: CoordinatorSide {
  func coordinator(of run: CoordinatorRank) -> any CoordinatorMethod {
    RoundService(self, of: run)
  }
}
