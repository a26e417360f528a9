import Exchange
import Methods
import Tensors

/// What LFM decides: the gradient of the mean's loss, and that of the divergence between modalities.
final class AlignmentRule: JointRule {
  private let method: AlignedFusion
  private let epochCount: Int
  private var one: LogSoftmax
  private var other: LogSoftmax

  /// - Parameter epochCount: the epochs of the run, over which the balance moves.
  init(_ method: AlignedFusion, epochCount: Int, classCount: Int) {
    (self.method, self.epochCount) = (method, epochCount)
    (one, other) = (LogSoftmax(classCount), LogSoftmax(classCount))
  }

  /// The mean of the logits that a row has.
  func combine(_ batch: JointBatch) {
    batch.addLogits()
    let counts = counts(batch)
    for row in 0..<batch.rowCount {
      FixedSums.scale(batch.logits.buffer(of: row), by: 1 / Float(counts[row]))
    }
  }

  func decide(_ batch: JointBatch) {
    let balance = method.balance(epoch: batch.epoch, of: epochCount)
    let counts = counts(batch)
    batch.passGradientOn()
    for part in batch.parts {
      for (place, row) in part.places.enumerated() {
        let factor = method.scale * balance / Double(counts[row])
        FixedSums.scale(part.gradient.buffer(of: place), by: Float(factor))
      }
    }
    let pairs = pairs(batch)
    var alignment = 0.0
    for pair in pairs {
      let rest = method.scale * (1 - balance) / Double(pairs.count)
      alignment +=
        align(pair, batch, factor: rest / Double(pair.places.count)) / Double(pairs.count)
    }
    batch.notes = [MethodNote("alignment", [alignment]), MethodNote("balance", [balance])]
  }

  func prediction(bias: [Float]?, modalityCount: Int) -> any ModelPrediction { MeanPrediction() }

  /// Two modalities with the places of their common samples in both.
  private struct Pair {
    let one, other: JointBatch.Part
    let places: [(one: Int, other: Int)]
  }

  /// How many modalities each row has.
  private func counts(_ batch: JointBatch) -> [Int] {
    var counts = [Int](repeating: 0, count: batch.rowCount)
    for part in batch.parts { for row in part.places { counts[row] += 1 } }
    return counts
  }

  private func pairs(_ batch: JointBatch) -> [Pair] {
    let there = batch.there
    var places = [[Int?]](
      repeating: [Int?](repeating: nil, count: batch.rowCount), count: batch.parts.count)
    for modality in there {
      for (place, row) in batch.parts[modality].places.enumerated() {
        places[modality][row] = place
      }
    }
    return there.enumerated().flatMap { index, first in
      there.dropFirst(index + 1).compactMap { second in
        let common = (0..<batch.rowCount).compactMap { row in
          places[first][row].flatMap { one in places[second][row].map { (one: one, other: $0) } }
        }
        return common.isEmpty
          ? nil : Pair(one: batch.parts[first], other: batch.parts[second], places: common)
      }
    }
  }

  /// Adds the gradient of a pair's divergence, times a factor; returns the mean divergence.
  private func align(_ pair: Pair, _ batch: JointBatch, factor: Double) -> Double {
    var sum = 0.0
    for (place, otherPlace) in pair.places {
      one.take(pair.one.logits.buffer(of: place))
      other.take(pair.other.logits.buffer(of: otherPlace))
      let found = method.divergence.between(one, other)
      sum += found.value
      Self.add(one.passed(found.one), times: factor, to: pair.one.gradient.buffer(of: place))
      Self.add(
        other.passed(found.other), times: factor, to: pair.other.gradient.buffer(of: otherPlace))
    }
    return sum / Double(pair.places.count)
  }

  private static func add(_ values: [Double], times factor: Double, to gradient: Buffer<Float>) {
    for (label, value) in values.enumerated() { gradient[label] += Float(factor * value) }
  }
}

extension AlignedFusion.Divergence {
  /// The divergence of two predictions, and its gradients with respect to the probabilities of both.
  func between(
    _ first: LogSoftmax, _ second: LogSoftmax
  ) -> (value: Double, one: [Double], other: [Double]) {
    var (value, one, other) = (0.0, first.probabilities, second.probabilities)
    for label in one.indices {
      let (p, q) = (first.probabilities[label], second.probabilities[label])
      let (logP, logQ) = (first.logarithms[label], second.logarithms[label])
      let mean = (p + q) / 2
      // Where both are 0 they agree.
      let logMean = mean > 0 ? Elementary.logarithm(mean) : logP
      switch self {
      case .js:
        value += (p * (logP - logMean) + q * (logQ - logMean)) / 2
        one[label] = (logP - logMean) / 2
        other[label] = (logQ - logMean) / 2
      case .reverse:
        value += mean * (2 * logMean - logP - logQ) / 2
        let common = (logMean + 1) / 2 - (logP + logQ) / 4
        // What a probability of 0 passes on to its logit is nothing.
        one[label] = common - (p > 0 ? mean / p / 2 : 0)
        other[label] = common - (q > 0 ? mean / q / 2 : 0)
      }
    }
    return (value, one, other)
  }
}

extension AlignedFusion: JointCoordinatorSide {
  /// The mean of logits, and a divergence beside its loss.
  public func rule(of run: CoordinatorRank) -> any JointRule {
    AlignmentRule(
      self, epochCount: run.configuration.epochs, classCount: run.configuration.classes.count)
  }
}
