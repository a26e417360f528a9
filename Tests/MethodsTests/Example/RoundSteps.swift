import MLA
import Methods
import Networks
import Tensors
import Worker

/// The worker's side of training in rounds: steps with a head of its own, in its rounds alone.
final class RoundSteps: WorkerMethod {
  private let steps: SeparateSteps
  private let isRound: (_ epoch: Int) -> Bool

  init(_ method: RoundTraining, on rank: WorkerRank) {
    let (modality, count) = (rank.modality, rank.configuration.modalities.count)
    steps = SeparateSteps(on: rank, fanIn: rank.configuration.features)
    isRound = { method.modality(ofEpoch: $0, of: count) == modality }
  }

  var head: Head { steps.head }
  var weights: [NamedState] { steps.weights }
  var state: [NamedState] { steps.state }

  func train(_ plan: EpochPlan) throws {
    if isRound(plan.epoch) { try steps.train(plan) }
  }
}

extension RoundTraining: WorkerSide {
  func worker(on rank: WorkerRank) -> any WorkerMethod { RoundSteps(self, on: rank) }
}
