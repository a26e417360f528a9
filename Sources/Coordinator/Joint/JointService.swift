import Exchange
import MLA
import Networks
import Tensors

/// The coordinator's side of joint training: the logits of all modalities are added up, there is one
/// loss, and every modality gets its gradient. A modality that a sample lacks adds nothing, which is
/// what a feature of zeros would add.
public final class JointService: CoordinatorMethod {
  /// None: every worker holds its slice of the joint head.
  public let sharedHead: SharedHead? = nil

  private let endpoint: Endpoint
  private let leaders: [Int]
  private let sampleLabels: [Int32]
  private let learningRate: (_ epoch: Int, _ batch: Int, _ batchCount: Int) -> Double
  private let bias: Parameter?
  private let biasOptimizer: Optimizer
  private let logits: Tensor
  private let gradient: Tensor
  private let part: Tensor
  private let labels: UnsafeMutablePointer<Int32>
  private let observe: (Int, Int, TrainingTotals) throws -> Void

  /// Conducts joint training.
  ///
  /// - Parameters:
  ///   - sampleLabels: the label of every sample of the training roster.
  ///   - hasCommonBias: whether one bias, held here, is added to the sum (concatenation).
  ///   - observe: called after each mini-batch with epoch, mini-batch and totals.
  public init(
    endpoint: Endpoint, leaders: [Int], classCount: Int, batchSize: Int, sampleLabels: [Int32],
    hasCommonBias: Bool, optimizer: OptimizerOptions, headLearningRateScale: Double,
    observe: @escaping (_ epoch: Int, _ batch: Int, TrainingTotals) throws -> Void = { _, _, _ in }
  ) {
    self.endpoint = endpoint
    self.leaders = leaders
    self.sampleLabels = sampleLabels
    self.observe = observe
    learningRate = {
      optimizer.learningRate(epoch: $0, batch: $1, of: $2) * headLearningRateScale
    }
    let bias = Parameter("bias", [classCount], .constant(0))
    var unused = SeededGenerator(seed: 0, stream: "zeros")
    biasOptimizer = Optimizer(
      optimizer.ofHead, for: ParameterStore([bias], from: &unused))
    self.bias = hasCommonBias ? bias : nil
    logits = Tensor([classCount], capacity: batchSize)
    gradient = Tensor([classCount], capacity: batchSize)
    part = Tensor([classCount], capacity: batchSize)
    labels = .allocate(capacity: batchSize)
  }

  deinit { labels.deallocate() }

  /// The bias of the concatenated head, `[K]`; nil where each modality has its own.
  public var commonBias: [Float]? {
    bias.map { Array(UnsafeBufferPointer(start: $0.value, count: logits.stride)) }
  }

  /// Replaces the common bias by a saved one.
  public func restore(commonBias values: [Float]) {
    bias?.value.update(from: values, count: min(values.count, logits.stride))
  }

  /// Conducts the mini-batches of an epoch.
  ///
  /// - Returns: what was trained with the one loss.
  public func train(_ plan: EpochPlan) throws -> TrainingTotals? {
    var epochTotals = TrainingTotals()
    for batch in 0..<plan.cycleCount {
      let totals = try step(plan, batch: batch)
      epochTotals += totals
      try observe(plan.epoch, batch, totals)
    }
    return epochTotals
  }

  private func step(_ plan: EpochPlan, batch: Int) throws -> TrainingTotals {
    let cycle = plan.epoch * plan.cycleCount + batch
    let served = leaders.indices.map { plan.samples(cycleInEpoch: batch, modality: $0) }
    // Rows of the common logits: the samples of the mini-batch in the order of their first modality.
    var rows: [Int: Int] = [:]
    for sample in served.joined() where rows[sample] == nil { rows[sample] = rows.count }
    let places = served.map { $0.compactMap { rows[$0] } }
    for (sample, row) in rows { labels[row] = sampleLabels[sample] }

    logits.count = rows.count
    for row in 0..<rows.count {
      if let bias {
        logits.sample(row).update(from: bias.value, count: logits.stride)
      } else {
        logits.sample(row).update(repeating: 0, count: logits.stride)
      }
    }
    for (modality, leader) in leaders.enumerated() where !places[modality].isEmpty {
      try collect(from: leader, cycle: cycle, places: places[modality])
    }
    let loss = SoftmaxCrossEntropy.evaluate(
      logits: logits, labels: labels, total: rows.count, gradient: gradient)
    guard loss.lossSum.isFinite else {
      throw CoordinatorError.lossNotFinite(epoch: plan.epoch, batch: batch)
    }
    for (modality, leader) in leaders.enumerated() where !places[modality].isEmpty {
      let frame = endpoint.frame(.logitGradient, turn: cycle)
      for row in places[modality] { frame.append(gradient.sample(row), count: gradient.stride) }
      try endpoint.send(frame, to: leader)
    }
    moveBias(learningRate: learningRate(plan.epoch, batch, plan.cycleCount))
    return TrainingTotals(samples: rows.count, correct: loss.correct, lossSum: loss.lossSum)
  }

  private func collect(from leader: Int, cycle: Int, places: [Int]) throws {
    part.count = places.count
    try endpoint.receive(.logits, turn: cycle, from: leader) { frame in
      try frame.read(into: part.values, count: part.elementCount)
    }
    for (place, row) in places.enumerated() {
      let sum = logits.sample(row)
      let addend = part.sample(place)
      for k in 0..<logits.stride { sum[k] += addend[k] }
    }
  }

  private func moveBias(learningRate: Double) {
    guard let bias else { return }
    bias.gradient.update(repeating: 0, count: gradient.stride)
    for row in 0..<gradient.count {
      let values = gradient.sample(row)
      for k in 0..<gradient.stride { bias.gradient[k] += values[k] }
    }
    biasOptimizer.step(learningRate: learningRate)
  }
}
