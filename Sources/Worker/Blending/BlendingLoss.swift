import Exchange
import MLA
import Methods
import Networks
import Tensors

/// A worker's part in gradient blending: its own loss, with the weight that the coordinator tells, and trials.
final class BlendingLoss: JointLocalRule {
  private let method: GradientBlending
  private let loss: OwnLoss
  private let trial: BlendingTrial

  init(_ method: GradientBlending, on rank: WorkerRank, beside slice: OwnHead) {
    self.method = method
    loss = OwnLoss(on: rank)
    trial = BlendingTrial(on: rank, slice: slice, own: loss.own)
  }

  var ownHead: Head? { loss.own.head }
  var weights: [NamedState] { loss.weights }
  var state: [NamedState] { loss.state }

  func passingByteCount(sampleCount: Int) -> Int {
    method.weights.isEmpty ? trial.states.byteCount : 0
  }

  func beginEpoch(_ plan: EpochPlan) throws {
    guard method.weights.isEmpty, plan.epoch % method.superEpoch == 0 else { return }
    try trial.run(plan, epochCount: method.superEpoch)
  }

  func amend(featureGradient: Tensor, of turn: JointTurn) -> Bool {
    guard let own = loss.find(turn, weight: turn.scale) else { return false }
    featureGradient.held.add(own.held)
    turn.notes = [MethodNote("loss_own", [loss.loss])]
    return true
  }

  func move(_ turn: JointTurn, learningRate: Double) { loss.own.move(learningRate: learningRate) }
}

extension GradientBlending: JointWorkerSide {
  /// A loss of its own beside the joint one, with a weight.
  public func localRule(on rank: WorkerRank, beside own: OwnHead) -> (any JointLocalRule)? {
    BlendingLoss(self, on: rank, beside: own)
  }
}
