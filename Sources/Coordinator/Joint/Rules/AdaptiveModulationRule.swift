import Exchange
import Methods
import Tensors

/// What AGM decides: a coefficient for each modality's gradient, by its mean loss alone in the mini-batch and
/// on the average of all before.
final class AdaptiveModulationRule: JointRule {
  private let method: AdaptiveModulation
  /// The mean of each modality's losses, over the mini-batches in which it had samples, and their number.
  private let means: Buffer<Double>
  private let seen: Buffer<Int64>
  /// Each modality's logits of an input of zeros at the last evaluation.
  private var zeros: [[Float]]
  private var softmax: LogSoftmax

  init(_ method: AdaptiveModulation, modalityCount: Int, classCount: Int) {
    self.method = method
    (means, seen) = (Buffer(modalityCount), Buffer(modalityCount))
    softmax = LogSoftmax(classCount)
    zeros = Array(
      repeating: [Float](repeating: 0, count: classCount), count: modalityCount)
  }

  var state: [NamedState] {
    [NamedState("tau", [means.count], means), NamedState("seen", [seen.count], seen)]
  }

  func decide(_ batch: JointBatch) {
    let scores = batch.parts.indices.map { score(of: $0, in: batch) }
    let coefficients = coefficients(scores, in: batch)
    for modality in batch.there {
      let count = Double(seen[modality] + 1)
      means[modality] = means[modality] * (count - 1) / count + scores[modality] / count
      seen[modality] += 1
    }
    batch.passGradientOn()
    let mean = coefficients.reduce(0, +) / Double(coefficients.count)
    for (part, coefficient) in zip(batch.parts, coefficients) {
      if coefficient != 1 { FixedSums.scale(part.gradient.held, by: Float(coefficient)) }
      guard !part.zero.isEmpty else { continue }
      // The common logits hold those of zeros with a sum of 0, but not their scaled gradients.
      for label in part.zeroGradient.indices {
        let sum = (0..<batch.rowCount).reduce(0) {
          $0 + Double(batch.gradient.buffer(of: $1)[label])
        }
        part.zeroGradient[label] = Float((mean - coefficient) * sum)
      }
    }
    batch.biasScale = mean
    batch.notes = [MethodNote("score", scores), MethodNote("coefficient", coefficients)]
  }

  func prediction(bias: [Float]?, modalityCount: Int) -> any ModelPrediction {
    guard method.padding == .input, let bias else {
      return JointPrediction(commonBias: bias, modalityCount: modalityCount)
    }
    return PaddedPrediction(commonBias: bias, zeros: zeros)
  }

  func beginEvaluation(
    _ number: Int, over endpoint: Endpoint, from leaders: [Int], classCount: Int
  ) throws {
    guard method.padding == .input else { return }
    learn(
      try leaders.map { leader in
        let logits = try endpoint.receive(EvaluatedLogits(), number: number, from: leader).values
        guard logits.count == classCount else {
          throw ExchangeError.misfit(kind: .logits, number: number)
        }
        return logits
      })
  }

  func learn(_ prefaces: [[Float]]) {
    for (place, logits) in prefaces.enumerated() where !logits.isEmpty { zeros[place] = logits }
  }

  /// The mean over a modality's samples of the loss of its own response.
  private func score(of modality: Int, in batch: JointBatch) -> Double {
    let part = batch.parts[modality]
    guard !part.places.isEmpty else { return .nan }
    let share = share(of: modality, in: batch)
    let sum = part.places.enumerated().reduce(0.0) { sum, next in
      softmax.take(part.logits.buffer(of: next.offset), adding: share)
      let probability = softmax.probabilities[Int(batch.labels[next.element])]
      return sum - Elementary.logarithm(max(probability, 1e-8))
    }
    return sum / Double(part.places.count)
  }

  /// What makes a modality's logits its response.
  private func share(of modality: Int, in batch: JointBatch) -> [Double] {
    let count = Double(batch.parts.count)
    return (0..<batch.classCount).map { label in
      let bias = Double(batch.bias?[label] ?? 0) / count
      guard method.padding == .input else { return bias }
      let all = batch.parts.reduce(0) { $0 + Double($1.zero.isEmpty ? 0 : $1.zero[label]) }
      return bias + all / count - Double(batch.parts[modality].zero[label])
    }
  }

  private func coefficients(_ scores: [Double], in batch: JointBatch) -> [Double] {
    var coefficients = [Double](repeating: 1, count: scores.count)
    let there = batch.there
    guard there.count > 1, method.firstEpoch <= batch.epoch, batch.epoch <= method.lastEpoch
    else { return coefficients }
    let count = Double(there.count)
    let factor = count / (count - 1)
    let mean = there.reduce(0) { $0 + scores[$1] } / count
    let meanBefore = there.reduce(0) { $0 + means[$1] } / count
    for modality in there {
      let ratio = Elementary.exponential(factor * (mean - scores[modality]))
      let best = Elementary.exponential(factor * (meanBefore - means[modality]))
      coefficients[modality] = Elementary.exponential(
        method.alpha * min(best - ratio, method.clip))
    }
    return coefficients
  }
}

extension AdaptiveModulation: JointCoordinatorSide {
  /// A coefficient for each modality's gradient.
  public func rule(of run: CoordinatorRank) -> any JointRule {
    AdaptiveModulationRule(
      self, modalityCount: run.leaders.count, classCount: run.configuration.classes.count)
  }
}
