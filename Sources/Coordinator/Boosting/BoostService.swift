import Configuration
import Exchange
import MLA
import Methods
import Tensors

/// The coordinator's side of ReconBoost: in a stage it tells one modality how much its samples weigh, and hears
/// how far it is; in the epochs after it, it conducts joint training of all members.
///
/// With heads of their own, others stand still in a stage: what they say of all training samples is asked for
/// once, when the stage begins or is gone on with. With a head that all share it is asked for in each mini-batch.
final class BoostService: CoordinatorMethod {
  private let method: ReconBoost
  private let run: CoordinatorRank
  private let rule: BoostRule
  private let joint: JointService
  private let advice: SampleAdvice
  private let learningRate: (Turn) -> Double
  /// The stage for which all weights have been told; nil: none.
  private var toldStage: Int?

  init(_ method: ReconBoost, of run: CoordinatorRank) {
    (self.method, self.run) = (method, run)
    let configuration = run.configuration
    let optimizer = configuration.scheduled(configuration.optimizer)
    let scale = configuration.headLearningRateScale
    rule = BoostRule(method, of: run)
    advice = SampleAdvice(method, of: run)
    learningRate = {
      scale
        * optimizer.learningRate(epoch: $0.epoch, batch: $0.cycleInEpoch, of: $0.cyclesPerEpoch)
    }
    joint = JointService(
      endpoint: run.endpoint, leaders: run.leaders, classCount: configuration.classes.count,
      batchSize: min(configuration.batchSize, max(1, run.trainLabels.count)),
      sampleLabels: run.trainLabels, hasCommonBias: false, optimizer: optimizer,
      headLearningRateScale: scale,
      skipsNonfinite: configuration.execution.onNonfinite == .skip, rule: rule, loss: run.loss,
      noted: run.noted, observe: run.jointBatchEnded)
  }

  var evaluatedHead: Buffer<Float>? { rule.shared?.head.store.values }
  var prediction: (any ModelPrediction)? { joint.prediction }
  var weights: [NamedState] { joint.weights }
  var state: [NamedState] { joint.state }

  func train(_ plan: EpochPlan, adding totals: inout [TrainingTotals]) throws {
    let order = run.configuration.order
    if plan.cycles.lowerBound == 0, method.beginsPhase(epoch: plan.epoch, order: order) {
      rule.dropVelocities()
    }
    let phase = method.phase(ofEpoch: plan.epoch, order: order)
    guard !phase.isAlone else { return try conduct(plan, phase, adding: &totals) }
    var together = [totals[totals.count - 1]]
    try joint.train(plan, adding: &together)
    totals[totals.count - 1] = together[0]
  }

  private func conduct(
    _ plan: EpochPlan, _ phase: BoostPhase, adding totals: inout [TrainingTotals]
  ) throws {
    guard let roster = run.rosters?.train else { return }
    let turns = plan.turns(of: phase.modality)
    if rule.shared == nil, toldStage != phase.stage, let first = turns.first {
      let size = run.configuration.evaluation.batchSize
      for samples in roster.chunks(of: phase.modality, size: size) {
        try advice.give(
          Array(samples), in: phase, of: roster, boost: rule.boost, cycle: first.cycle)
      }
      toldStage = phase.stage
    }
    for turn in turns {
      Trace.place(turn: turn.index, cycle: turn.cycle)
      let trained =
        plan.isEmpty(turn) ? TrainingTotals() : try conduct(turn, plan, phase, of: roster)
      totals[phase.modality] += trained
      run.noted(turn.cycle, [MethodNote("boost", [Double(rule.boost)])])
      try run.turnEnded(turn, trained)
    }
  }

  /// A mini-batch of one modality alone: with a head of its own there is nothing to say.
  private func conduct(
    _ turn: Turn, _ plan: EpochPlan, _ phase: BoostPhase, of roster: Roster
  ) throws -> TrainingTotals {
    let leader = run.leaders[phase.modality]
    guard rule.shared != nil else {
      return try run.endpoint.receive(Progress(), number: turn.index, from: leader).totals
    }
    let samples = plan.samples(cycleInEpoch: turn.cycleInEpoch, modality: phase.modality)
    try rule.lend(to: leader, cycle: turn.cycle)
    for other in phase.others where samples.contains(where: { roster.has($0, modality: other) }) {
      try rule.lend(to: run.leaders[other], cycle: turn.cycle)
    }
    try advice.give(samples, in: phase, of: roster, boost: rule.boost, cycle: turn.cycle)
    return try rule.moveHead(
      along: [leader], cycle: turn.cycle, learningRate: learningRate(turn))
  }
}

extension ReconBoost: CoordinatorSide {
  /// Stages of one modality, and joint training of all members.
  public func coordinator(of run: CoordinatorRank) -> any CoordinatorMethod {
    BoostService(self, of: run)
  }
}
