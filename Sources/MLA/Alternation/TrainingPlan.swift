/// How mini-batches are drawn.
public enum Sampling: Sendable, Equatable {
  /// One permutation of all samples; each mini-batch serves every modality with those it has.
  case shared
  /// Each modality shuffles its own samples; those with fewer start over within an epoch.
  case own
  /// Rows written out for each `[epoch][cycle][modality]`: the oracle's cases.
  case explicit([[[[Int]]]])
}

/// The order of everything that is trained: a function of roster and seed alone.
///
/// Ranks never tell each other whose turn it is, or which samples come next: each works it out.
public struct TrainingPlan: Sendable {
  /// Who has which sample.
  public let roster: Roster
  /// How mini-batches are drawn.
  public let sampling: Sampling
  /// The largest number of samples in a mini-batch.
  public let batchSize: Int
  /// The order in which a cycle serves the modalities, unless an epoch has another.
  public let order: [Int]
  /// The seed of the shuffles.
  public let seed: UInt64
  /// The number of cycles in every epoch.
  public let cyclesPerEpoch: Int

  /// `batchSize`, but no more than the samples there are: what a mini-batch can really hold.
  let servedBatchSize: Int
  /// For modalities that draw their own samples, how many each has; empty otherwise.
  let ownCounts: [Int]

  /// A plan over the samples of `roster`.
  public init(roster: Roster, sampling: Sampling, batchSize: Int, order: [Int], seed: UInt64) {
    precondition(batchSize > 0 && order.sorted() == Array(0..<roster.modalityCount))
    self.roster = roster
    self.sampling = sampling
    self.batchSize = batchSize
    self.order = order
    self.seed = seed
    ownCounts =
      sampling == .own ? roster.rows.map { $0.count { $0 != Roster.absent } } : []
    let sampleCount = sampling == .own ? ownCounts.max() ?? 0 : roster.sampleCount
    servedBatchSize = min(batchSize, max(1, sampleCount))
    switch sampling {
    case .shared, .own:
      cyclesPerEpoch = (sampleCount + servedBatchSize - 1) / servedBatchSize
    case .explicit(let epochs):
      let cycleCount = epochs.first?.count ?? 0
      precondition(
        epochs.allSatisfy {
          $0.count == cycleCount && $0.allSatisfy { $0.count == roster.modalityCount }
        }, "every epoch needs as many cycles, and every cycle a list of rows for each modality")
      cyclesPerEpoch = cycleCount
    }
  }

  /// The plan of one epoch, shuffled.
  ///
  /// - Parameter order: the order in which its cycles serve the modalities; nil: that of the plan. Which
  ///   samples a mini-batch has does not depend on it.
  public func epoch(_ epoch: Int, order: [Int]? = nil) -> EpochPlan {
    EpochPlan(plan: self, epoch: epoch, order: order ?? self.order)
  }
}
