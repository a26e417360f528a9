import Exchange
import Methods

/// What PMR decides: how much the loss by prototypes counts for each modality.
final class PrototypeRule: JointRule {
  private let method: PrototypeRebalance

  init(_ method: PrototypeRebalance) { self.method = method }

  func decide(_ batch: JointBatch) {
    batch.passGradientOn()
    for part in batch.parts { part.scale = 0 }
    let judged = batch.there.filter { batch.parts[$0].score.isFinite }
    if judged.count > 1, method.firstEpoch <= batch.epoch, batch.epoch <= method.lastEpoch {
      let best = judged.map { batch.parts[$0].score }.max() ?? 0
      for part in judged.map({ batch.parts[$0] }) where part.score < best {
        let advantage = method.coefficient == .step ? 1 : min(1, max(0, best / part.score - 1))
        part.scale = method.alpha * advantage
      }
    }
    batch.notes = [
      MethodNote("score", batch.parts.map(\.score)),
      MethodNote("coefficient", batch.parts.map(\.scale)),
    ]
  }
}

extension PrototypeRebalance: JointCoordinatorSide {
  /// How much each modality is helped.
  public func rule(of run: CoordinatorRank) -> any JointRule { PrototypeRule(self) }
}
