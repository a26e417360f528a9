import Datasets
import Exchange
import MLA
import Methods
import Networks
import Tensors

/// The worker's side of joint training: its head, or its slice of one, gives logits, the coordinator decides
/// by those of all modalities and answers with their gradient. What a method does beside is its rule.
///
/// With features side by side (concatenation) the head of all is `[K, M * D]`; a worker holds its
/// `[K, D]` of it, so logits are all that crosses.
public final class JointSteps: OwnHeadSteps, WorkerMethod {
  /// What the method does beside the conversation.
  public let rule: any JointLocalRule
  private let turn: JointTurn
  private let noted: (Int?, [MethodNote]) -> Void

  /// Steps of `learner` with a head of its own.
  ///
  /// - Parameters:
  ///   - rule: what the method does beside the conversation; nil: nothing.
  ///   - noted: called with what was decided, and in which cycle; nil: between mini-batches.
  public init(
    learner: ModalityLearner, head: OwnHead, modality: Int, endpoint: Endpoint,
    rule: (any JointLocalRule)? = nil,
    noted: @escaping (_ cycle: Int?, [MethodNote]) -> Void = { _, _ in }
  ) {
    self.rule = rule ?? PlainLocalRule()
    self.noted = noted
    turn = JointTurn(
      labels: learner.labels, logits: head.logits, logitGradient: head.logitGradient)
    super.init(learner: learner, head: head, modality: modality, endpoint: endpoint)
  }

  /// The head by which the modality is judged alone.
  public override var head: Head { rule.ownHead ?? own.head }
  /// That head, and the slice that the model's own prediction is made of, where they are two.
  public var evaluatedHeads: [Head] { rule.ownHead.map { [$0, own.head] } ?? [own.head] }
  /// The head, and what the rule trains.
  public override var weights: [NamedState] { own.head.state + rule.weights }
  /// The head with what moves it, and what the rule remembers.
  public override var state: [NamedState] { own.state + rule.state }

  /// What the rule takes.
  public func passingByteCount(sampleCount: Int) -> Int {
    rule.passingByteCount(sampleCount: sampleCount)
  }

  /// Says what the coordinator wants to know before the logits of an evaluation.
  public func beginEvaluation(_ number: Int) throws {
    try rule.beginEvaluation(number, over: endpoint)
  }

  /// What the rule says where nobody is evaluated.
  public func preface() throws -> [Float] { try rule.preface() }

  /// Takes part in the mini-batches of a plan.
  public func train(_ plan: EpochPlan) throws {
    if plan.cycles.lowerBound == 0 { try rule.beginEpoch(plan) }
    for batch in plan.cycles {
      let rows = plan.rows(cycleInEpoch: batch, modality: modality)
      if !rows.isEmpty { try train(plan, batch: batch, rows: rows) }
    }
    if plan.cycles.upperBound == plan.cycleCount { try rule.endEpoch(plan.epoch) }
  }

  private func train(_ plan: EpochPlan, batch: Int, rows: [Int]) throws {
    (turn.epoch, turn.batch, turn.batchCount) = (plan.epoch, batch, plan.cycleCount)
    (turn.rows, turn.score, turn.scale, turn.notes) = (rows, .nan, 1, [])
    Trace.place(cycle: turn.cycle)
    try learner.load(rows, at: TrainingPlace(epoch: plan.epoch, batch: batch))
    turn.features = try learner.forward()
    try rule.prepare(turn)
    Trace.span("head") { own.forward(turn.features) }
    func found(_ numbers: NonfiniteBatch.Numbers) -> NonfiniteBatch {
      learner.found(numbers, epoch: plan.epoch, batch: batch, of: plan.cycleCount)
    }
    // Where they are added up, nobody could tell whose they were.
    let fault =
      own.logits.held.isFinite
      ? nil : learner.fault(features: turn.features, logits: own.logits, head: own.head)
    if let fault, !learner.skipsNonfinite { throw found(.jointLoss(fault)) }
    try rule.look(turn)
    guard try converse() else {
      // The coordinator says so that all leave the mini-batch out.
      _ = try leaveOut(found(fault.map { .jointLoss($0) } ?? .otherLoss))
      return
    }
    let learningRate = learner.options.learningRate(
      epoch: plan.epoch, batch: batch, of: plan.cycleCount)
    if try step(learningRate: learningRate, found: found) {
      noted(turn.cycle, turn.notes)
    } else {
      try rule.leftOut(turn)
    }
  }

  /// Sends the logits and takes the answer, of the samples and of an input of zeros that rides along. Whether
  /// the answer is a gradient.
  private func converse() throws -> Bool {
    let (count, all) = (turn.rows.count, turn.features.count)
    var logits = JointLogits(Tensor(rows: 0..<count, of: own.logits).held)
    logits.score = turn.score
    if all > count { logits.zero = own.logits.buffer(of: count).array }
    try endpoint.send(logits, number: turn.cycle, to: 0)
    own.logitGradient.count = all
    let gradient = Tensor(rows: 0..<count, of: own.logitGradient)
    let answer = try endpoint.receive(
      LogitGradient(gradient.held), number: turn.cycle, from: 0)
    guard answer.zero.count == logits.zero.count else {
      throw ExchangeError.misfit(kind: LogitGradient.kind, number: turn.cycle)
    }
    if all > count { own.logitGradient.buffer(of: count).update(from: answer.zero) }
    turn.scale = answer.scale
    return gradient.held.isFinite
  }

  /// One step of heads and encoder; false where the mini-batch was left out.
  private func step(
    learningRate: Double, found: (NonfiniteBatch.Numbers) -> NonfiniteBatch
  ) throws -> Bool {
    try rule.amend(turn)
    guard let featureGradient = own.backward(turn.features),
      rule.amend(featureGradient: featureGradient, of: turn)
    else { return try leaveOut(found(.gradient(of: "head"))) }
    learner.change = rule.change(turn)
    return try move(along: featureGradient, learningRate: learningRate, found: found) {
      try rule.move(turn, learningRate: learningRate)
    }
  }
}
