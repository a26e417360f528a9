import Exchange
import Methods
import Tensors

/// What QMF decides at the coordinator: the sum of logits, each times its energy, and the gradient of its
/// loss.
final class EnergyRule: JointRule {
  private let method: QualityAwareFusion
  private var softmax: LogSoftmax

  init(_ method: QualityAwareFusion, classCount: Int) {
    self.method = method
    softmax = LogSoftmax(classCount)
  }

  func combine(_ batch: JointBatch) {
    batch.logits.held.update(repeating: 0)
    for part in batch.parts {
      for (place, row) in part.places.enumerated() {
        let (own, sum) = (part.logits.buffer(of: place), batch.logits.buffer(of: row))
        softmax.take(own)
        let energy = Float(softmax.logSum / method.divisor)
        for label in 0..<batch.classCount { sum[label] += energy * own[label] }
      }
    }
  }

  func decide(_ batch: JointBatch) {
    for part in batch.parts {
      for (place, row) in part.places.enumerated() {
        let (own, gradient) = (part.logits.buffer(of: place), part.gradient.buffer(of: place))
        let common = batch.gradient.buffer(of: row)
        softmax.take(own)
        let energy = Float(method.joint * softmax.logSum / method.divisor)
        for label in 0..<batch.classCount { gradient[label] = energy * common[label] }
        guard !method.detaches else { continue }
        // The energy's own part: its derivative with respect to a logit is the probability.
        let along = (0..<batch.classCount).reduce(0) {
          $0 + Double(common[$1]) * Double(own[$1])
        }
        for label in 0..<batch.classCount {
          gradient[label] += Float(
            method.joint * along * softmax.probabilities[label] / method.divisor)
        }
      }
    }
  }

  func prediction(bias: [Float]?, modalityCount: Int) -> any ModelPrediction {
    EnergyPrediction(divisor: method.divisor)
  }
}

extension QualityAwareFusion: JointCoordinatorSide {
  /// A sum weighed by energies.
  public func rule(of run: CoordinatorRank) -> any JointRule {
    EnergyRule(self, classCount: run.configuration.classes.count)
  }
}
