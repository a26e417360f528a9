import Datasets
import Exchange
import MLA
import Methods
import Networks
import Tensors

/// The worker's side of separate training: a head of its own, and nothing to wait for. It only tells
/// the coordinator how far it is.
public final class SeparateSteps: OwnHeadSteps, WorkerMethod {
  /// Trains this modality's mini-batches of a plan, alone.
  public func train(_ plan: EpochPlan) throws {
    for turn in plan.turns(of: modality) {
      let rows = plan.rows(of: turn)
      guard !rows.isEmpty else { continue }
      let learningRate = learner.options.learningRate(
        epoch: plan.epoch, batch: turn.cycleInEpoch, of: plan.cycleCount)
      Trace.place(turn: turn.index, cycle: turn.cycle)
      try learner.load(rows, at: TrainingPlace(epoch: turn.epoch, batch: turn.cycleInEpoch))
      let features = try learner.forward()
      Trace.span("head") { own.forward(features) }
      let loss = loss.evaluate(
        logits: own.logits, labels: learner.labels, gradient: own.logitGradient)
      func found(_ numbers: NonfiniteBatch.Numbers) -> NonfiniteBatch {
        learner.found(
          numbers, turn: turn.index, epoch: turn.epoch, batch: turn.cycleInEpoch,
          of: turn.cyclesPerEpoch)
      }
      let isTaken =
        loss.sum.isFinite
        ? try step(features, learningRate: learningRate, found: found)
        : try leaveOut(
          found(.loss(learner.fault(features: features, logits: own.logits, head: own.head))))
      let totals = TrainingTotals(
        samples: rows.count, correct: loss.correct, lossSum: loss.total)
      try endpoint.send(
        Progress(isTaken ? totals : TrainingTotals()), number: turn.index, to: 0)
    }
  }
}

extension SeparateTraining: WorkerSide {
  /// Steps with a head of this rank's own.
  public func worker(on rank: WorkerRank) -> any WorkerMethod {
    SeparateSteps(on: rank, fanIn: rank.configuration.features)
  }
}
