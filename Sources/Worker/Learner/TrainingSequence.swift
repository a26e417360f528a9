import Configuration
import Datasets
import MLA
import Networks

/// The mini-batches of one modality in the order in which it trains on them: what a loader works ahead
/// by. Like the plan it comes from, it is a function of rosters and seed.
final class TrainingSequence {
  private let plan: TrainingPlan
  private let modality: Int
  private let shards: Shards
  private let epochCount: Int
  /// The epoch that was shuffled last.
  private var epoch: EpochPlan?

  /// The mini-batches of `modality` in a run over these samples: what this rank has of them.
  init(
    _ configuration: RunConfiguration, modality: Int, shards: Shards = .whole, roster: Roster
  ) {
    plan = TrainingPlan(configuration, roster: roster)
    self.modality = modality
    self.shards = shards
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
        let request = BatchRequest(rows, at: TrainingPlace(epoch: epoch, batch: batch)).part(shards)
        if !request.rows.isEmpty { return request }
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

extension BatchRequest {
  /// What a rank with these shards has of the mini-batch.
  func part(_ shards: Shards) -> BatchRequest {
    let own = shards.ownRows(in: rows.count)
    return BatchRequest(Array(rows[own]), at: place, first: first + own.lowerBound)
  }
}
