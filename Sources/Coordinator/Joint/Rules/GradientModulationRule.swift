import Exchange
import Methods
import Tensors

/// What OGM-GE decides: how much of its encoder's gradient each modality keeps.
final class GradientModulationRule: JointRule {
  private let method: GradientModulation
  private var softmax: LogSoftmax

  init(_ method: GradientModulation, classCount: Int) {
    self.method = method
    softmax = LogSoftmax(classCount)
  }

  func decide(_ batch: JointBatch) {
    batch.passGradientOn()
    let scores = batch.parts.map { score(of: $0, in: batch) }
    let there = batch.there
    for modality in there where there.count > 1 && method.isActive(epoch: batch.epoch) {
      let others = there.filter { $0 != modality }.map { scores[$0] }
      let ratio = scores[modality] / compared(scores[modality], with: others)
      guard ratio > 1 else { continue }
      batch.parts[modality].scale = 1 - Self.hyperbolicTangent(method.alpha * ratio)
    }
    batch.notes = [
      MethodNote("score", scores), MethodNote("coefficient", batch.parts.map(\.scale)),
    ]
  }

  /// The mean over a modality's samples of the probability that it alone gives the label.
  private func score(of part: JointBatch.Part, in batch: JointBatch) -> Double {
    guard !part.places.isEmpty else { return .nan }
    let share = (0..<batch.classCount).map {
      Double(batch.bias?[$0] ?? 0) / Double(batch.parts.count)
    }
    let sum = part.places.enumerated().reduce(0.0) { sum, next in
      softmax.take(part.logits.buffer(of: next.offset), adding: share)
      return sum + softmax.probabilities[Int(batch.labels[next.element])]
    }
    return sum / Double(part.places.count)
  }

  private func compared(_ own: Double, with others: [Double]) -> Double {
    let sum = others.reduce(0, +)
    return switch method.ratio {
    case .min: min(own, others.min() ?? own)
    case .mean: sum / Double(others.count)
    case .sum: sum
    }
  }

  /// tanh x for x from 0 on.
  private static func hyperbolicTangent(_ x: Double) -> Double {
    let power = Elementary.exponential(-2 * x)
    return (1 - power) / (1 + power)
  }
}

extension GradientModulation: JointCoordinatorSide {
  /// What each encoder keeps of its gradient.
  public func rule(of run: CoordinatorRank) -> any JointRule {
    GradientModulationRule(self, classCount: run.configuration.classes.count)
  }
}
