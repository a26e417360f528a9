import Datasets
import Exchange
import MLA
import Methods
import Tensors

/// The worker's side of joint training: its slice of the head gives logits, the coordinator adds
/// them up over the modalities and answers with the gradient of the one loss.
///
/// With features side by side (concatenation) the head of all is `[K, M * D]`; a worker holds its
/// `[K, D]` of it, so logits are all that crosses.
public final class JointSteps: OwnHeadSteps, WorkerMethod {
  /// Takes part in the mini-batches of a plan.
  public func train(_ plan: EpochPlan) throws {
    for batch in plan.cycles {
      let rows = plan.rows(cycleInEpoch: batch, modality: modality)
      guard !rows.isEmpty else { continue }
      let learningRate = learner.options.learningRate(
        epoch: plan.epoch, batch: batch, of: plan.cycleCount)
      let cycle = plan.epoch * plan.cycleCount + batch
      Trace.place(cycle: cycle)
      try learner.load(rows, at: TrainingPlace(epoch: plan.epoch, batch: batch))
      let features = try learner.forward()
      Trace.span("head") { own.forward(features) }
      func found(_ numbers: NonfiniteBatch.Numbers) -> NonfiniteBatch {
        learner.found(numbers, epoch: plan.epoch, batch: batch, of: plan.cycleCount)
      }
      // Where they are added up, nobody could tell whose they were.
      let fault =
        own.logits.held.isFinite
        ? nil : learner.fault(features: features, logits: own.logits, head: own.head)
      if let fault, !learner.skipsNonfinite { throw found(.jointLoss(fault)) }
      try endpoint.send(JointLogits(own.logits.held), number: cycle, to: 0)
      own.logitGradient.count = rows.count
      try endpoint.receive(LogitGradient(own.logitGradient.held), number: cycle, from: 0)
      if own.logitGradient.held.isFinite {
        _ = try step(features, learningRate: learningRate, found: found)
      } else {
        // The coordinator says so that all leave the mini-batch out.
        _ = try leaveOut(found(fault.map { .jointLoss($0) } ?? .otherLoss))
      }
    }
  }
}

extension JointConcatenation: WorkerSide {
  /// Steps with a slice of the one head, whose bias is the coordinator's.
  public func worker(on rank: WorkerRank) -> any WorkerMethod {
    let fanIn = rank.configuration.features * rank.configuration.modalities.count
    return JointSteps(on: rank, fanIn: fanIn, trainsBias: false)
  }
}

extension JointSummation: WorkerSide {
  /// Steps with a head of this rank's own.
  public func worker(on rank: WorkerRank) -> any WorkerMethod {
    JointSteps(on: rank, fanIn: rank.configuration.features)
  }
}
