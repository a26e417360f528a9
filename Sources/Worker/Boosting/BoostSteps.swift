import Datasets
import Exchange
import MLA
import Methods
import Networks
import Tensors

/// The worker's side of ReconBoost: in its own stage it trains alone, by weights of its samples; in those of others it
/// says what it makes of their samples; in the epochs after a stage it takes part in joint training.
final class BoostSteps: OwnHeadSteps, WorkerMethod {
  private let method: ReconBoost
  private let rank: WorkerRank
  private let joint: JointSteps
  /// The way to a head that all share; nil: this rank has its own.
  private let lent: LentHeadRule?
  private let weighed: WeighedLoss
  /// The stage for which all weights have been told; nil: none.
  private var toldStage: Int?

  init(_ method: ReconBoost, on rank: WorkerRank) {
    (self.method, self.rank) = (method, rank)
    let own: OwnHead
    if method.heads == .shared {
      own = OwnHead(
        Head(
          classCount: rank.configuration.classes.count, featureCount: rank.configuration.features),
        batchSize: rank.batchSize, options: rank.learner.options,
        learningRateScale: rank.configuration.headLearningRateScale, moves: false)
      lent = LentHeadRule(own.head, over: rank.endpoint)
    } else {
      own = OwnHead(on: rank, fanIn: rank.configuration.features)
      lent = nil
    }
    weighed = WeighedLoss(
      method, classCount: rank.configuration.classes.count,
      rowCount: rank.learner.source.ids.count, loss: rank.loss)
    joint = JointSteps(
      learner: rank.learner, head: own, modality: rank.modality, endpoint: rank.endpoint,
      rule: lent, noted: rank.noted)
    super.init(
      learner: rank.learner, head: own, modality: rank.modality, endpoint: rank.endpoint,
      loss: rank.loss)
  }

  /// Its own head, or nothing.
  override var weights: [NamedState] { lent == nil ? own.head.state : [] }
  /// The same with what moves it. Weights of samples are told anew when a stage is gone on with.
  override var state: [NamedState] { lent == nil ? own.state : [] }

  func train(_ plan: EpochPlan) throws {
    let order = rank.configuration.order
    if plan.cycles.lowerBound == 0, method.beginsPhase(epoch: plan.epoch, order: order) {
      for state in learner.state + own.state where state.name.hasPrefix("optimizer.") {
        state.clear()
      }
    }
    let phase = method.phase(ofEpoch: plan.epoch, order: order)
    if !phase.isAlone {
      if phase.members.contains(modality) { try joint.train(plan) }
      return
    }
    guard let roster = rank.rosters?.train else { return }
    let isTold = lent != nil || toldStage == phase.stage
    if phase.modality == modality {
      if !isTold { try hear(phase, roster, plan) }
      try trainAlone(plan)
    } else if phase.others.contains(modality) {
      if !isTold { try tell(phase, roster, plan) }
      if lent != nil { try tellAlong(plan, phase, roster) }
    }
    toldStage = phase.stage
  }

  /// The cycle that numbers what is said of a whole stage.
  private func firstCycle(_ plan: EpochPlan) -> Int {
    plan.epoch * plan.cycleCount + plan.cycles.lowerBound
  }

  private func rows(of samples: some Sequence<Int>, _ roster: Roster) -> [Int] {
    samples.map { roster.rows[modality][$0] }.filter { $0 != Roster.absent }.map(Int.init)
  }

  // MARK: - In stages of others

  /// Sends the logits of all samples that the modality of the stage has, and this one too.
  private func tell(_ phase: BoostPhase, _ roster: Roster, _ plan: EpochPlan) throws {
    let size = rank.configuration.evaluation.batchSize
    for samples in roster.chunks(of: phase.modality, size: size) {
      let rows = rows(of: samples, roster)
      if !rows.isEmpty { try tell(rows, cycle: firstCycle(plan)) }
    }
  }

  /// The same in each mini-batch of the stage, by the head of the moment.
  private func tellAlong(_ plan: EpochPlan, _ phase: BoostPhase, _ roster: Roster) throws {
    for turn in plan.turns(of: phase.modality) {
      let samples = plan.samples(cycleInEpoch: turn.cycleInEpoch, modality: phase.modality)
      let rows = rows(of: samples, roster)
      guard !rows.isEmpty else { continue }
      Trace.place(turn: turn.index, cycle: turn.cycle)
      try lent?.take(cycle: turn.cycle)
      try tell(rows, cycle: turn.cycle)
    }
  }

  private func tell(_ rows: [Int], cycle: Int) throws {
    let feed = try BatchFeed(
      of: learner.source, loaders: rank.configuration.data.media.loaders,
      evaluating: BatchRequest.evaluating(rows, atMost: learner.evaluationCapacity))
    let logits = try learner.logits(of: rows, from: feed, head: own.head)
    try endpoint.send(MemberLogits(Buffer(logits.values)), number: cycle, to: 0)
  }

  // MARK: - In its own stage

  private func hear(_ phase: BoostPhase, _ roster: Roster, _ plan: EpochPlan) throws {
    let size = rank.configuration.evaluation.batchSize
    for samples in roster.chunks(of: modality, size: size) {
      try hear(rows(of: samples, roster), cycle: firstCycle(plan))
    }
  }

  private func hear(_ rows: [Int], cycle: Int) throws {
    let told = try endpoint.receive(SampleWeights(), number: cycle, from: 0)
    guard weighed.take(told, of: rows) else {
      throw ExchangeError.misfit(kind: SampleWeights.kind, number: cycle)
    }
  }

  private func trainAlone(_ plan: EpochPlan) throws {
    for turn in plan.turns(of: modality) {
      let rows = plan.rows(of: turn)
      guard !rows.isEmpty else { continue }
      Trace.place(turn: turn.index, cycle: turn.cycle)
      let totals = try trainAlone(turn, rows)
      if let lent {
        try lent.giveBack(totals, cycle: turn.cycle)
      } else {
        try endpoint.send(Progress(totals), number: turn.index, to: 0)
      }
    }
  }

  private func trainAlone(_ turn: Turn, _ rows: [Int]) throws -> TrainingTotals {
    try learner.load(rows, at: TrainingPlace(epoch: turn.epoch, batch: turn.cycleInEpoch))
    let features = try learner.forward()
    if let lent {
      try lent.take(cycle: turn.cycle)
      try hear(rows, cycle: turn.cycle)
    }
    Trace.span("head") { own.forward(features) }
    let found = weighed.evaluate(
      rows, logits: own.logits, labels: learner.labels, gradient: own.logitGradient)
    func fault(_ numbers: NonfiniteBatch.Numbers) -> NonfiniteBatch {
      learner.found(
        numbers, turn: turn.index, epoch: turn.epoch, batch: turn.cycleInEpoch,
        of: turn.cyclesPerEpoch)
    }
    guard found.mean.isFinite else {
      // With logits that are finite, what others say is not.
      _ = try leaveOut(
        fault(
          own.logits.held.isFinite
            ? .otherLoss
            : .loss(learner.fault(features: features, logits: own.logits, head: own.head))))
      return TrainingTotals()
    }
    let learningRate = learner.options.learningRate(
      epoch: turn.epoch, batch: turn.cycleInEpoch, of: turn.cyclesPerEpoch)
    guard try step(features, learningRate: learningRate, found: fault) else {
      return TrainingTotals()
    }
    rank.noted(turn.cycle, [MethodNote("loss_own", [found.mean])])
    return TrainingTotals(
      samples: rows.count, correct: found.correct, lossSum: found.mean * Double(rows.count))
  }
}

extension ReconBoost: WorkerSide {
  /// Steps of a modality alone, and of all members together.
  public func worker(on rank: WorkerRank) -> any WorkerMethod { BoostSteps(self, on: rank) }
}
