import Tensors

/// How far probabilities can be believed.
public struct Calibration: Sendable, Equatable {
  /// The bins of `expectedError`, of equal width.
  public static let binCount = 15
  /// The least probability that a logarithm is taken of.
  public static let floor = 1e-12

  /// The samples that have a prediction, and count.
  public let sampleCount: Int
  /// The samples left out, because there is no prediction, or probabilities are no numbers.
  public let omittedCount: Int
  /// The expected calibration error (Guo et al., ICML 2017): `sum n_l/N |accuracy_l - confidence_l|` over the bins
  /// `((l-1)/15, l/15]` of the predicted class's probability.
  public let expectedError: Double
  /// The mean of `-log p(label)`, no p below 1e-12.
  public let negativeLogLikelihood: Double
  /// The mean of `sum_k (p_k - [k = label])^2` (Brier, 1950), 0 to 2.
  public let brier: Double

  /// - Parameters:
  ///   - probabilities: `[N, K]`, row-major.
  ///   - labels: `[N]`.
  ///   - isPredicted: which samples have a prediction.
  /// - Returns: nil where none has.
  public init?(probabilities: [Double], labels: [Int], isPredicted: [Bool]) {
    precondition(labels.count == isPredicted.count)
    let classCount = probabilities.count / max(1, labels.count)
    let counted = labels.indices.filter { sample in
      isPredicted[sample]
        && probabilities[sample * classCount..<(sample + 1) * classCount].allSatisfy(\.isFinite)
    }
    guard !counted.isEmpty else { return nil }
    var (right, confidence) = (
      [Double](repeating: 0, count: Self.binCount), [Double](repeating: 0, count: Self.binCount)
    )
    var (likelihood, brier) = (0.0, 0.0)
    for sample in counted {
      let label = labels[sample]
      let row = probabilities[sample * classCount..<(sample + 1) * classCount]
      var best = row.startIndex
      for place in row.indices where row[place] > row[best] { best = place }
      let bin = Self.bin(of: row[best])
      confidence[bin] += row[best]
      if best - row.startIndex == label { right[bin] += 1 }
      likelihood -= Elementary.logarithm(max(Self.floor, row[row.startIndex + label]))
      for (k, p) in row.enumerated() {
        let distance = p - (k == label ? 1 : 0)
        brier += distance * distance
      }
    }
    let count = counted.count
    sampleCount = count
    omittedCount = labels.count - count
    // n_l |right_l/n_l - confidence_l/n_l| = |right_l - confidence_l|
    expectedError =
      zip(right, confidence).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(count)
    negativeLogLikelihood = likelihood / Double(count)
    self.brier = brier / Double(count)
  }

  /// The bin of a confidence, from 0; its upper end belongs to it.
  public static func bin(of confidence: Double) -> Int {
    let bin = Int((confidence * Double(binCount)).rounded(.up)) - 1
    return min(max(0, bin), binCount - 1)
  }
}

/// The softmax of scores.
public enum Softmax {
  /// The probabilities of `[N, K]` scores that are divided by `temperature`.
  public static func probabilities(
    _ scores: [Double], classCount: Int, temperature: Double = 1
  ) -> [Double] {
    var probabilities = scores
    for start in stride(from: 0, to: scores.count, by: classCount) {
      let row = start..<start + classCount
      let largest = scores[row].max() ?? 0
      var sum = 0.0
      for place in row {
        probabilities[place] = Elementary.exponential((scores[place] - largest) / temperature)
        sum += probabilities[place]
      }
      for place in row { probabilities[place] /= sum }
    }
    return probabilities
  }
}
