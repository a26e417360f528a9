import Exchange
import Methods
import Networks
import Tensors

/// A head beside a modality's slice, with a loss of its own: what rules with such a loss have in common.
final class OwnLoss {
  let own: OwnHead
  private let options: ClassificationLoss
  /// The mean loss of the last mini-batch.
  private(set) var loss = Double.nan

  init(on rank: WorkerRank) {
    own = OwnHead(on: rank, stream: "own", fanIn: rank.configuration.features)
    options = ClassificationLoss(rank.loss)
  }

  var weights: [NamedState] { own.head.state.named(in: "own.") }
  var state: [NamedState] { own.state.named(in: "own.") }

  /// Finds the loss of a mini-batch and its gradients; returns that with respect to the features, `[n, D]`;
  /// nil where one of the head's is not finite.
  ///
  /// - Parameter weight: what its gradients are multiplied by.
  func find(_ turn: JointTurn, weight: Double = 1) -> Tensor? {
    own.forward(turn.features)
    loss =
      options.evaluate(logits: own.logits, labels: turn.labels, gradient: own.logitGradient).mean
    if weight != 1 { FixedSums.scale(own.logitGradient.held, by: Float(weight)) }
    return own.backward(turn.features)
  }
}

/// A worker's part in `uniform`: the gradient of its own loss is added to that of the joint one.
final class UniformLoss: JointLocalRule {
  private let method: UniformLosses
  private let loss: OwnLoss

  init(_ method: UniformLosses, on rank: WorkerRank) {
    self.method = method
    loss = OwnLoss(on: rank)
  }

  var ownHead: Head? { loss.own.head }
  var weights: [NamedState] { loss.weights }
  var state: [NamedState] { loss.state }

  func amend(featureGradient: Tensor, of turn: JointTurn) -> Bool {
    guard let own = loss.find(turn) else { return false }
    featureGradient.held.add(own.held)
    if method.gamma != 1 { FixedSums.scale(featureGradient.held, by: Float(method.gamma)) }
    turn.notes = [MethodNote("loss_own", [loss.loss])]
    return true
  }

  func move(_ turn: JointTurn, learningRate: Double) { loss.own.move(learningRate: learningRate) }
}

extension UniformLosses: JointWorkerSide {
  /// A loss of its own beside the joint one.
  public func localRule(on rank: WorkerRank, beside own: OwnHead) -> (any JointLocalRule)? {
    UniformLoss(self, on: rank)
  }
}
