import Coordinator
import Datasets
import MLA
import Measuring
import Networks
import Tensors
import Worker

/// What the computing of a turn costs when nothing else goes on.
struct TurnParts {
  /// Projection and update, or the step along factors.
  var apply: Times
  /// What P makes of features that come ahead.
  var prepare: Times?
  var settle: Times
  /// The worker's logits, loss and gradient.
  var worker: Times

  init(_ workload: Workload) throws {
    let head = workload.makeHead()
    let learner = try workload.makeLearner(0)
    let plan = workload.plan.epoch(0)
    let classes = workload.classCount
    let logits = Tensor([classes], capacity: workload.batchSize)
    let logitGradient = Tensor([classes], capacity: workload.batchSize)
    try learner.load(
      plan.rows(cycleInEpoch: 0, modality: 0), at: TrainingPlace(epoch: 0, batch: 0))
    let features = try learner.forward()
    MeanFeature.compute(features, into: head.update.meanFeature)
    var times: (apply: [Double], prepare: [Double], settle: [Double], worker: [Double]) = (
      [], [], [], []
    )
    let turns = plan.turns.prefix(800)
    for turn in turns {
      let began = now()
      head.head.logits(features, into: logits)
      _ = SoftmaxCrossEntropy.evaluate(
        logits: logits, labels: learner.labels, total: features.count, gradient: logitGradient)
      if head.factors == nil {
        head.head.gradient(logitGradient: logitGradient, features: features)
      }
      let computed = now()
      head.begin(turn)
      if let slot = head.factors?[turn] {
        slot.features.count = features.count
        slot.features.held.update(from: features.held)
        slot.logitGradient.count = features.count
        slot.logitGradient.held.update(from: logitGradient.held)
      }
      let copied = now()
      head.prepare(turn)
      let prepared = now()
      head.apply(turn, learningRate: 1e-3)
      let applied = now()
      head.settle()
      let settled = now()
      guard turn.index >= turns.count / 2 else { continue }
      times.worker.append(computed - began)
      times.prepare.append(prepared - copied)
      times.apply.append(applied - prepared)
      times.settle.append(settled - applied)
    }
    apply = Times(times.apply)
    prepare = head.factors == nil ? nil : Times(times.prepare)
    settle = Times(times.settle)
    worker = Times(times.worker)
  }
}
