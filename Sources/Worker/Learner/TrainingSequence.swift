import Configuration
import Datasets
import MLA

/// The mini-batches of one modality in the order in which it trains on them: what a loader works ahead
/// by. Like the plan it comes from, it is a function of rosters and seed.
final class TrainingSequence {
  private let plan: TrainingPlan
  private let modality: Int
  private let epochCount: Int
  /// The epoch that was shuffled last.
  private var epoch: EpochPlan?

  /// The mini-batches of `modality` in a run over these samples.
  init(_ configuration: RunConfiguration, modality: Int, roster: Roster) {
    plan = TrainingPlan(configuration, roster: roster)
    self.modality = modality
    epochCount = configuration.epochs
  }

  /// The next mini-batch that has samples; nil: there is none.
  func successor(of request: BatchRequest) -> BatchRequest? {
    guard let place = request.place else { return nil }
    var (epoch, batch) = (place.epoch, place.batch + 1)
    while epoch < epochCount {
      let current = epochPlan(epoch)
      while batch < current.cycleCount {
        let rows = current.rows(cycleInEpoch: batch, modality: modality)
        if !rows.isEmpty {
          return BatchRequest(rows, at: TrainingPlace(epoch: epoch, batch: batch))
        }
        batch += 1
      }
      (epoch, batch) = (epoch + 1, 0)
    }
    return nil
  }

  private func epochPlan(_ number: Int) -> EpochPlan {
    if let epoch, epoch.epoch == number { return epoch }
    let fresh = plan.epoch(number)
    epoch = fresh
    return fresh
  }
}
