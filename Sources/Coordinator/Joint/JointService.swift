import Exchange
import MLA
import Methods
import Networks
import Tensors

/// The coordinator's side of joint training: it collects the logits of all modalities, decides by a rule,
/// and sends each modality its gradient. A modality that a sample lacks adds nothing, which is what a
/// feature of zeros would add.
public final class JointService: CoordinatorMethod {
  private let endpoint: Endpoint
  private let leaders: [Int]
  private let sampleLabels: [Int32]
  private let learningRate: (_ epoch: Int, _ batch: Int, _ batchCount: Int) -> Double
  /// The bias of the concatenated head, `[K]`, with what moves it; nil where each modality has its own.
  private let common: (parameter: Parameter, store: ParameterStore, optimizer: Optimizer)?
  private let rule: any JointRule
  private let batch: JointBatch
  private let expectsZero: Bool
  private let loss: ClassificationLoss
  private let skipsNonfinite: Bool
  private let observe: (Int, Int, TrainingTotals) throws -> Void
  private let noted: (Int?, [MethodNote]) -> Void

  /// Conducts joint training.
  ///
  /// - Parameters:
  ///   - sampleLabels: the label of every sample of the training roster.
  ///   - hasCommonBias: whether one bias, held here, is added to the sum (concatenation).
  ///   - skipsNonfinite: whether a mini-batch whose loss is not finite is left out, and does not end the
  ///     run.
  ///   - rule: what is decided in a mini-batch.
  ///   - expectsZero: whether workers send the logits of an input of zeros.
  ///   - loss: what the loss makes of labels.
  ///   - noted: called with what was decided, and in which cycle; nil: between mini-batches.
  ///   - observe: called after each mini-batch with epoch, mini-batch and totals.
  public init(
    endpoint: Endpoint, leaders: [Int], classCount: Int, batchSize: Int, sampleLabels: [Int32],
    hasCommonBias: Bool, optimizer: OptimizerOptions, headLearningRateScale: Double,
    skipsNonfinite: Bool = false, rule: (any JointRule)? = nil, expectsZero: Bool = false,
    loss: LossOptions = .plain,
    noted: @escaping (_ cycle: Int?, [MethodNote]) -> Void = { _, _ in },
    observe: @escaping (_ epoch: Int, _ batch: Int, TrainingTotals) throws -> Void = { _, _, _ in }
  ) {
    self.endpoint = endpoint
    self.leaders = leaders
    self.sampleLabels = sampleLabels
    self.observe = observe
    self.noted = noted
    self.skipsNonfinite = skipsNonfinite
    self.expectsZero = expectsZero
    self.loss = ClassificationLoss(loss)
    self.rule = rule ?? PlainJointRule()
    learningRate = {
      optimizer.learningRate(epoch: $0, batch: $1, of: $2) * headLearningRateScale
    }
    let parameter = Parameter("bias", [classCount], .constant(0))
    let store = ParameterStore([parameter])
    common = hasCommonBias ? (parameter, store, Optimizer(optimizer.ofHead, for: store)) : nil
    batch = JointBatch(
      widths: self.rule.widths ?? leaders.map { _ in classCount }, classCount: classCount,
      capacity: batchSize,
      bias: common?.parameter.values)
  }

  /// How the rule predicts.
  public var prediction: (any ModelPrediction)? {
    rule.prediction(bias: common?.parameter.values.array, modalityCount: leaders.count)
  }

  private var biasState: [NamedState] { common?.store.state ?? [] }
  /// The common bias, `[K]`; nil: each modality has its own.
  var bias: Buffer<Float>? { common?.parameter.values }
  /// The common bias with what moves it.
  var biasMemory: [NamedState] {
    biasState + (common?.optimizer.state.named(in: "optimizer.") ?? [])
  }
  /// The common bias, and what the rule trains.
  public var weights: [NamedState] { biasState + rule.weights }
  /// The common bias with what moves it, and what the rule remembers.
  public var state: [NamedState] { biasMemory + rule.state }

  /// What the rule takes.
  public func passingByteCount(sampleCount: Int) -> Int {
    rule.passingByteCount(sampleCount: sampleCount)
  }

  /// Has the rule learn what predictions need.
  public func beginEvaluation(_ number: Int) throws {
    try rule.beginEvaluation(
      number, over: endpoint, from: leaders, classCount: batch.classCount)
  }

  /// Has the rule learn it where nobody is evaluated.
  public func learn(_ prefaces: [[Float]]) { rule.learn(prefaces) }

  /// Conducts the mini-batches of a plan.
  ///
  /// - Parameter totals: what was trained with the one loss in the epoch so far.
  public func train(_ plan: EpochPlan, adding totals: inout [TrainingTotals]) throws {
    if plan.cycles.lowerBound == 0 { try rule.beginEpoch(plan, of: self) }
    for batch in plan.cycles {
      let trained = try step(plan, batch: batch)
      totals[0] += trained
      try observe(plan.epoch, batch, trained)
    }
  }

  /// Tells what was decided between mini-batches.
  public func note(_ notes: [MethodNote]) { noted(nil, notes) }

  /// A mini-batch of plain joint training that nobody hears of, for a rule that tries something out.
  func tryOut(_ plan: EpochPlan, batch place: Int) throws {
    batch.begin(plan, batch: place, sampleLabels: sampleLabels)
    try collect()
    batch.addLogits()
    let found = loss.evaluate(
      logits: batch.logits, labels: batch.labels, gradient: batch.gradient)
    guard found.sum.isFinite, batch.rowCount > 0 else {
      for part in batch.parts { part.gradient.held.update(repeating: .nan) }
      return try send()
    }
    batch.passGradientOn()
    try send()
    moveBias(learningRate: learningRate(plan.epoch, place, plan.cycleCount))
  }

  private func step(_ plan: EpochPlan, batch place: Int) throws -> TrainingTotals {
    batch.begin(plan, batch: place, sampleLabels: sampleLabels) {
      rule.takesPart($0, epoch: plan.epoch)
    }
    Trace.place(cycle: batch.cycle)
    try rule.begin(batch)
    try collect()
    rule.combine(batch)
    let found = Trace.span("loss") {
      loss.evaluate(logits: batch.logits, labels: batch.labels, gradient: batch.gradient)
    }
    guard found.sum.isFinite || skipsNonfinite else {
      throw CoordinatorError.lossNotFinite(epoch: plan.epoch, batch: place)
    }
    guard found.sum.isFinite else {
      // A gradient that is no number says to all that the mini-batch is left out.
      for part in batch.parts { part.gradient.held.update(repeating: .nan) }
      try send()
      return TrainingTotals()
    }
    let totals = TrainingTotals(
      samples: batch.rowCount, correct: found.correct, lossSum: found.total)
    batch.loss = totals.loss ?? .nan
    rule.decide(batch)
    try send()
    let rate = learningRate(plan.epoch, place, plan.cycleCount)
    moveBias(learningRate: rate)
    try rule.move(batch, learningRate: rate)
    noted(batch.cycle, batch.notes)
    return totals
  }

  private func collect() throws {
    for (leader, part) in zip(leaders, batch.parts) where !part.places.isEmpty {
      let message = try endpoint.receive(
        JointLogits(part.logits.held), number: batch.cycle, from: leader)
      guard message.zero.count == (expectsZero ? batch.classCount : 0) else {
        throw ExchangeError.misfit(kind: JointLogits.kind, number: batch.cycle)
      }
      (part.score, part.zero) = (message.score, message.zero)
      part.zeroGradient = [Float](repeating: 0, count: part.zero.count)
    }
  }

  private func send() throws {
    for (leader, part) in zip(leaders, batch.parts) where !part.places.isEmpty {
      var message = LogitGradient(part.gradient.held)
      (message.scale, message.zero) = (part.scale, part.zeroGradient)
      try endpoint.send(message, number: batch.cycle, to: leader)
    }
  }

  private func moveBias(learningRate: Double) {
    guard let (parameter, _, optimizer) = common else { return }
    parameter.gradients.update(repeating: 0)
    for row in 0..<batch.rowCount { parameter.gradients.add(batch.gradient.buffer(of: row)) }
    if batch.biasScale != 1 {
      FixedSums.scale(parameter.gradients, by: Float(batch.biasScale))
    }
    optimizer.step(learningRate: learningRate)
  }
}
