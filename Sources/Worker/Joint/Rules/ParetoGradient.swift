import Exchange
import Methods
import Networks
import Tensors

/// A worker's part in MMPareto: the encoder's gradients of the joint and of its own loss, found by two
/// backward passes and weighed against each other.
final class ParetoGradient: JointLocalRule {
  private let method: ParetoLosses
  private let loss: OwnLoss
  private let store: ParameterStore
  /// The encoder's gradients of the joint loss.
  private let joint: Buffer<Float>
  /// The gradient of its own loss with respect to the features.
  private var featureGradient: Tensor?

  init(_ method: ParetoLosses, on rank: WorkerRank) {
    self.method = method
    loss = OwnLoss(on: rank)
    store = rank.learner.encoder.store
    joint = Buffer(store.moving.count)
  }

  var ownHead: Head? { loss.own.head }
  var weights: [NamedState] { loss.weights }
  var state: [NamedState] { loss.state }

  func amend(featureGradient: Tensor, of turn: JointTurn) -> Bool {
    self.featureGradient = loss.find(turn)
    return self.featureGradient != nil
  }

  func change(_ turn: JointTurn) -> GradientChange? {
    guard let featureGradient else { return nil }
    return .both(second: featureGradient, into: joint) { [self] in unite($0, turn) }
  }

  func move(_ turn: JointTurn, learningRate: Double) { loss.own.move(learningRate: learningRate) }

  /// Makes of the joint loss's gradients, and of its own loss's in the store, those that the encoder moves
  /// along.
  private func unite(_ joint: Buffer<Float>, _ turn: JointTurn) {
    let own = store.gradients
    let tensors = store.parameterRanges.filter {
      !$0.isEmpty && $0.lowerBound >= store.moving.lowerBound
    }.map { $0.lowerBound - store.moving.lowerBound..<$0.upperBound - store.moving.lowerBound }
    let products = tensors.map { GradientProducts(joint[$0], own[$0]) }
    let all = products.reduce(GradientProducts()) { $0 + $1 }
    let weights = method.weights == .uniform ? (joint: 0.5, own: 0.5) : all.paretoWeights
    for (range, products) in zip(tensors, products) {
      let length = products.length(joint: 2 * weights.joint, own: 2 * weights.own)
      let stretch =
        method.rescales && length > 0
        ? max(1, products.length(joint: 1, own: 1) / length) : 1
      let factor = 2 * method.gamma * stretch
      own[range].combine(
        times: Float(factor * weights.own), joint[range], times: Float(factor * weights.joint))
    }
    turn.notes = [
      MethodNote("loss_own", [loss.loss]), MethodNote("weight", [weights.joint, weights.own]),
      MethodNote("cosine", [all.cosine]),
    ]
  }
}

extension ParetoLosses: JointWorkerSide {
  /// A loss of its own, reconciled with the joint one.
  public func localRule(on rank: WorkerRank, beside own: OwnHead) -> (any JointLocalRule)? {
    ParetoGradient(self, on: rank)
  }
}
