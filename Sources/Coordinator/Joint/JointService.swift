import Exchange
import MLA
import Methods
import Networks
import Tensors

/// The coordinator's side of joint training: the logits of all modalities are added up, there is one
/// loss, and every modality gets its gradient. A modality that a sample lacks adds nothing, which is
/// what a feature of zeros would add.
public final class JointService: CoordinatorMethod {
  private let endpoint: Endpoint
  private let leaders: [Int]
  private let sampleLabels: [Int32]
  private let learningRate: (_ epoch: Int, _ batch: Int, _ batchCount: Int) -> Double
  /// The bias of the concatenated head, `[K]`, with what moves it; nil where each modality has its own.
  private let bias: (parameter: Parameter, store: ParameterStore, optimizer: Optimizer)?
  private let logits: Tensor
  private let gradient: Tensor
  private let part: Tensor
  private let labels: Buffer<Int32>
  private let skipsNonfinite: Bool
  private let observe: (Int, Int, TrainingTotals) throws -> Void

  /// Conducts joint training.
  ///
  /// - Parameters:
  ///   - sampleLabels: the label of every sample of the training roster.
  ///   - hasCommonBias: whether one bias, held here, is added to the sum (concatenation).
  ///   - skipsNonfinite: whether a mini-batch whose loss is not finite is left out, and does not end the
  ///     run.
  ///   - observe: called after each mini-batch with epoch, mini-batch and totals.
  public init(
    endpoint: Endpoint, leaders: [Int], classCount: Int, batchSize: Int, sampleLabels: [Int32],
    hasCommonBias: Bool, optimizer: OptimizerOptions, headLearningRateScale: Double,
    skipsNonfinite: Bool = false,
    observe: @escaping (_ epoch: Int, _ batch: Int, TrainingTotals) throws -> Void = { _, _, _ in }
  ) {
    self.endpoint = endpoint
    self.leaders = leaders
    self.sampleLabels = sampleLabels
    self.observe = observe
    self.skipsNonfinite = skipsNonfinite
    learningRate = {
      optimizer.learningRate(epoch: $0, batch: $1, of: $2) * headLearningRateScale
    }
    let parameter = Parameter("bias", [classCount], .constant(0))
    let store = ParameterStore([parameter])
    bias = hasCommonBias ? (parameter, store, Optimizer(optimizer.ofHead, for: store)) : nil
    logits = Tensor([classCount], capacity: batchSize)
    gradient = Tensor([classCount], capacity: batchSize)
    part = Tensor([classCount], capacity: batchSize)
    labels = Buffer(batchSize)
  }

  /// The sum of all logits, as in training.
  public var prediction: (any ModelPrediction)? {
    JointPrediction(
      commonBias: bias?.parameter.values.array, modalityCount: leaders.count)
  }

  /// The common bias.
  public var weights: [NamedState] { bias?.store.state ?? [] }
  /// The common bias with what moves it.
  public var state: [NamedState] {
    weights + (bias?.optimizer.state.named(in: "optimizer.") ?? [])
  }

  /// Conducts the mini-batches of a plan.
  ///
  /// - Parameter totals: what was trained with the one loss in the epoch so far.
  public func train(_ plan: EpochPlan, adding totals: inout [TrainingTotals]) throws {
    for batch in plan.cycles {
      let trained = try step(plan, batch: batch)
      totals[0] += trained
      try observe(plan.epoch, batch, trained)
    }
  }

  private func step(_ plan: EpochPlan, batch: Int) throws -> TrainingTotals {
    let cycle = plan.epoch * plan.cycleCount + batch
    Trace.place(cycle: cycle)
    let served = leaders.indices.map { plan.samples(cycleInEpoch: batch, modality: $0) }
    // Rows of the common logits: the samples of the mini-batch in the order of their first modality.
    var rows: [Int: Int] = [:]
    for sample in served.joined() where rows[sample] == nil { rows[sample] = rows.count }
    let places = served.map { $0.compactMap { rows[$0] } }
    for (sample, row) in rows { labels[row] = sampleLabels[sample] }

    logits.count = rows.count
    for row in 0..<rows.count {
      if let bias {
        logits.buffer(of: row).update(from: bias.parameter.values)
      } else {
        logits.buffer(of: row).update(repeating: 0)
      }
    }
    for (modality, leader) in leaders.enumerated() where !places[modality].isEmpty {
      try collect(from: leader, cycle: cycle, places: places[modality])
    }
    let loss = Trace.span("loss") {
      SoftmaxCrossEntropy.evaluate(
        logits: logits, labels: labels, total: rows.count, gradient: gradient)
    }
    guard loss.lossSum.isFinite || skipsNonfinite else {
      throw CoordinatorError.lossNotFinite(epoch: plan.epoch, batch: batch)
    }
    // A gradient that is no number says to all that the mini-batch is left out.
    if !loss.lossSum.isFinite { gradient.held.update(repeating: .nan) }
    for (modality, leader) in leaders.enumerated() where !places[modality].isEmpty {
      part.count = places[modality].count
      for (place, row) in places[modality].enumerated() {
        part.buffer(of: place).update(from: gradient.buffer(of: row))
      }
      try endpoint.send(LogitGradient(part.held), number: cycle, to: leader)
    }
    guard loss.lossSum.isFinite else { return TrainingTotals() }
    moveBias(learningRate: learningRate(plan.epoch, batch, plan.cycleCount))
    return TrainingTotals(samples: rows.count, correct: loss.correct, lossSum: loss.lossSum)
  }

  private func collect(from leader: Int, cycle: Int, places: [Int]) throws {
    part.count = places.count
    try endpoint.receive(JointLogits(part.held), number: cycle, from: leader)
    for (place, row) in places.enumerated() {
      logits.buffer(of: row).add(part.buffer(of: place))
    }
  }

  private func moveBias(learningRate: Double) {
    guard let (parameter, _, optimizer) = bias else { return }
    parameter.gradients.update(repeating: 0)
    for row in 0..<gradient.count { parameter.gradients.add(gradient.buffer(of: row)) }
    optimizer.step(learningRate: learningRate)
  }
}

extension JointConcatenation: CoordinatorSide {
  /// The sum of logits with one bias for all.
  public func coordinator(of run: CoordinatorRank) -> any CoordinatorMethod {
    JointService(run, hasCommonBias: true)
  }
}

extension JointSummation: CoordinatorSide {
  /// The sum of logits.
  public func coordinator(of run: CoordinatorRank) -> any CoordinatorMethod {
    JointService(run, hasCommonBias: false)
  }
}

extension JointService {
  fileprivate convenience init(_ run: CoordinatorRank, hasCommonBias: Bool) {
    let configuration = run.configuration
    self.init(
      endpoint: run.endpoint, leaders: run.leaders, classCount: configuration.classes.count,
      batchSize: min(configuration.batchSize, max(1, run.trainLabels.count)),
      sampleLabels: run.trainLabels, hasCommonBias: hasCommonBias,
      optimizer: configuration.scheduled(configuration.optimizer),
      headLearningRateScale: configuration.headLearningRateScale,
      skipsNonfinite: configuration.execution.onNonfinite == .skip, observe: run.jointBatchEnded)
  }
}
