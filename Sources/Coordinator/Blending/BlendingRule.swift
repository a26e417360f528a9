import Exchange
import MLA
import Methods
import Networks
import Tensors

/// What gradient blending decides: the weight of each loss, by trials at the beginning of some epochs.
final class BlendingRule: JointRule {
  private let method: GradientBlending
  private let run: CoordinatorRank
  /// The weights of the modalities' own losses and, last, of the joint one.
  private let blend: Buffer<Double>
  private let loss: ClassificationLoss

  init(_ method: GradientBlending, of run: CoordinatorRank) {
    (self.method, self.run) = (method, run)
    loss = ClassificationLoss(run.loss)
    let count = run.leaders.count + 1
    blend = Buffer(
      method.weights.isEmpty
        ? [Double](repeating: 1 / Double(count), count: count) : method.weights)
  }

  var state: [NamedState] { [NamedState("blend", [blend.count], blend)] }

  /// The sums of the logits of a split, while their loss is found.
  func passingByteCount(sampleCount: Int) -> Int {
    guard method.weights.isEmpty else { return 0 }
    let factors = [
      sampleCount, run.configuration.classes.count, MemoryLayout<Float>.stride,
    ]
    return factors.product() ?? .max
  }

  func decide(_ batch: JointBatch) {
    let joint = blend[blend.count - 1]
    batch.passGradientOn()
    for (modality, part) in batch.parts.enumerated() {
      FixedSums.scale(part.gradient.held, by: Float(joint))
      part.scale = blend[modality]
    }
    batch.biasScale = joint
  }

  // MARK: - Trials

  func beginEpoch(_ plan: EpochPlan, of service: JointService) throws {
    guard method.weights.isEmpty, plan.epoch % method.superEpoch == 0, let rosters = run.rosters
    else { return }
    let kept = KeptStates(service.biasMemory)
    for state in service.biasMemory where state.name.hasPrefix("optimizer.") { state.clear() }
    var measures = try run.leaders.map {
      try run.endpoint.receive(TrialLosses(), number: plan.epoch, from: $0).measure
    }
    var joint = TrialMeasure()
    let number = plan.epoch
    (joint.trainedBefore, joint.heldOutBefore) = try losses(rosters, number, bias: service.bias)
    for epoch in plan.epoch..<min(plan.epoch + method.superEpoch, run.configuration.epochs) {
      let plan = plan.following(epoch - plan.epoch)
      for batch in 0..<plan.cycleCount { try service.tryOut(plan, batch: batch) }
    }
    (joint.trainedAfter, joint.heldOutAfter) = try losses(rosters, number, bias: service.bias)
    kept.putBack()
    measures.append(joint)
    blend.update(from: method.weights(measures))
    service.note([
      MethodNote("weight", blend.array), MethodNote("measured", measures.flatMap(\.values)),
    ])
  }

  /// The mean joint losses of all training and of all validation samples.
  private func losses(
    _ rosters: Rosters, _ number: Int, bias: Buffer<Float>?
  ) throws -> (trained: Double, heldOut: Double) {
    (
      try loss(of: rosters.train, run.trainLabels, number, bias),
      try loss(of: rosters.validation, run.validationLabels, number, bias)
    )
  }

  private func loss(
    of roster: Roster, _ sampleLabels: [Int32], _ number: Int, _ bias: Buffer<Float>?
  ) throws -> Double {
    let classCount = run.configuration.classes.count
    let sums = Tensor([classCount], capacity: roster.sampleCount)
    var isKnown = [Bool](repeating: false, count: roster.sampleCount)
    for sample in 0..<roster.sampleCount {
      if let bias { sums.buffer(of: sample).update(from: bias) }
    }
    for (modality, leader) in run.leaders.enumerated() {
      for samples in roster.chunks(of: modality, size: run.configuration.evaluation.batchSize) {
        let logits = Tensor([classCount], capacity: samples.count)
        try run.endpoint.receive(TrialLogits(logits.held), number: number, from: leader)
        for (row, sample) in samples.enumerated() {
          sums.buffer(of: sample).add(logits.buffer(of: row))
          isKnown[sample] = true
        }
      }
    }
    var (sum, weight) = (0.0, 0.0)
    let label = Buffer<Int32>(1)
    for sample in 0..<roster.sampleCount where isKnown[sample] {
      label[0] = sampleLabels[sample]
      let found = loss.evaluate(
        logits: Tensor(rows: sample..<sample + 1, of: sums), labels: label)
      sum += found.sum
      weight += found.weight
    }
    return sum / weight
  }
}

extension GradientBlending: JointCoordinatorSide {
  /// Weights by trials, or given ones.
  public func rule(of run: CoordinatorRank) -> any JointRule { BlendingRule(self, of: run) }
}
