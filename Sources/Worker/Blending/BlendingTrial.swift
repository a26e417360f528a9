import Datasets
import Exchange
import MLA
import Methods
import Networks
import Tensors

/// A worker's part in a trial of gradient blending: from the weights of the moment and without velocities, its
/// own loss alone is trained through the mini-batches that come next; then the joint loss alone, together
/// with the others. Losses of all samples before and after are told, and everything is put back.
final class BlendingTrial {
  private let rank: WorkerRank
  private let slice: OwnHead
  private let own: OwnHead
  private let loss: ClassificationLoss

  private var learner: ModalityLearner { rank.learner }

  init(on rank: WorkerRank, slice: OwnHead, own: OwnHead) {
    (self.rank, self.slice, self.own) = (rank, slice, own)
    loss = ClassificationLoss(rank.loss)
  }

  /// What a trial copies, and puts back.
  var states: [NamedState] { learner.state + slice.state + own.state }

  /// Tries both losses through so many epochs, the plan's first.
  func run(_ plan: EpochPlan, epochCount: Int) throws {
    guard let rosters = rank.rosters else { return }
    let epochs = (plan.epoch..<min(plan.epoch + epochCount, rank.configuration.epochs)).map {
      plan.following($0 - plan.epoch)
    }
    let kept = KeptStates(states)
    learner.change = nil
    forgetVelocities()
    var measure = TrialMeasure()
    (measure.trainedBefore, measure.heldOutBefore) = try losses(rosters)
    try trainAlone(epochs)
    (measure.trainedAfter, measure.heldOutAfter) = try losses(rosters)
    kept.putBack()
    try rank.endpoint.send(TrialLosses(measure), number: plan.epoch, to: 0)

    forgetVelocities()
    try sendLogits(rosters, number: plan.epoch)
    for epoch in epochs { try trainJointly(epoch) }
    try sendLogits(rosters, number: plan.epoch)
    kept.putBack()
  }

  private func forgetVelocities() {
    for state in states where state.name.hasPrefix("optimizer.") {
      state.clear()
    }
  }

  // MARK: - Losses

  /// The mean own losses of the modality's training and validation samples.
  private func losses(_ rosters: Rosters) throws -> (trained: Double, heldOut: Double) {
    (try loss(of: rows(rosters.train)), try loss(of: rows(rosters.validation)))
  }

  private func rows(_ roster: Roster) -> [Int] {
    roster.rows[rank.modality].filter { $0 != Roster.absent }.map(Int.init)
  }

  private func loss(of rows: [Int]) throws -> Double {
    let labels = Buffer(rows.map { Int32(learner.source.labels[$0]) })
    var (sum, weight, place) = (0.0, 0.0, 0)
    try learner.features(of: rows, from: feed(rows)) { features in
      own.head.logits(features, into: learner.evaluationLogits)
      let found = loss.evaluate(
        logits: learner.evaluationLogits, labels: labels[place..<place + features.count])
      sum += found.sum
      weight += found.weight
      place += features.count
    }
    return sum / weight
  }

  /// Sends the slice's logits of all of the modality's training and validation samples.
  private func sendLogits(_ rosters: Rosters, number: Int) throws {
    let size = rank.configuration.evaluation.batchSize
    for roster in [rosters.train, rosters.validation] {
      for samples in roster.chunks(of: rank.modality, size: size) {
        let rows = samples.map { Int(roster.rows[rank.modality][$0]) }
        let logits = try learner.logits(of: rows, from: feed(rows), heads: [slice.head])[0]
        try rank.endpoint.send(TrialLogits(Buffer(logits.values)), number: number, to: 0)
      }
    }
  }

  private func feed(_ rows: [Int]) throws -> BatchFeed {
    try BatchFeed(
      of: learner.source, loaders: rank.configuration.data.media.loaders,
      evaluating: BatchRequest.evaluating(rows, atMost: learner.evaluationCapacity))
  }

  // MARK: - Training

  /// Trains the own loss alone, as far as numbers are finite: beyond, losses say what became of it.
  private func trainAlone(_ epochs: [EpochPlan]) throws {
    for plan in epochs {
      for batch in 0..<plan.cycleCount {
        let rows = plan.rows(cycleInEpoch: batch, modality: rank.modality)
        guard !rows.isEmpty else { continue }
        let features = try forward(plan, batch, rows)
        own.forward(features)
        let found = loss.evaluate(
          logits: own.logits, labels: learner.labels, gradient: own.logitGradient)
        guard found.sum.isFinite, try move(own, features, learningRate(plan, batch)) else {
          return
        }
      }
    }
  }

  /// Trains the joint loss alone, together with the others.
  private func trainJointly(_ plan: EpochPlan) throws {
    for batch in 0..<plan.cycleCount {
      let rows = plan.rows(cycleInEpoch: batch, modality: rank.modality)
      guard !rows.isEmpty else { continue }
      let cycle = plan.epoch * plan.cycleCount + batch
      let features = try forward(plan, batch, rows)
      slice.forward(features)
      try rank.endpoint.send(JointLogits(slice.logits.held), number: cycle, to: 0)
      slice.logitGradient.count = rows.count
      try rank.endpoint.receive(LogitGradient(slice.logitGradient.held), number: cycle, from: 0)
      if slice.logitGradient.held.isFinite {
        _ = try move(slice, features, learningRate(plan, batch))
      }
    }
  }

  private func forward(_ plan: EpochPlan, _ batch: Int, _ rows: [Int]) throws -> Tensor {
    try learner.load(rows, at: TrainingPlace(epoch: plan.epoch, batch: batch))
    return try learner.forward()
  }

  private func learningRate(_ plan: EpochPlan, _ batch: Int) -> Double {
    learner.options.learningRate(epoch: plan.epoch, batch: batch, of: plan.cycleCount)
  }

  /// A step of a head and the encoder; false where a gradient is not finite.
  private func move(_ head: OwnHead, _ features: Tensor, _ learningRate: Double) throws -> Bool {
    guard let gradient = head.backward(features) else { return false }
    if learner.skipsNonfinite {
      guard try learner.findGradients(gradient) else { return false }
      head.move(learningRate: learningRate)
      try learner.move(learningRate: learningRate)
      return true
    }
    head.move(learningRate: learningRate)
    return try learner.backward(gradient, learningRate: learningRate) == nil
  }
}
