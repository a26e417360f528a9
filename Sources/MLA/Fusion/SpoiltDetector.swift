import Tensors

/// What tells how likely an input of one modality is spoilt: a logistic regression on three numbers that noise
/// or emptiness moves, namely the entropy of the prediction, the log of the sum of exponentials of the logits,
/// and the log of the norm of the features.
public struct SpoiltDetector: Sendable, Equatable {
  /// The mean of each number over untouched samples, `[3]`.
  public let means: [Double]
  /// Their standard deviations, all above 0, `[3]`.
  public let deviations: [Double]
  /// The slope of each number, then the constant, `[4]`.
  public let coefficients: [Double]

  /// What a number that is a thousandth of everything is told apart by.
  private static let least = 1e-3
  /// The most deviations that a number counts as.
  private static let farthest = 6.0
  /// The most that an input can look spoilt: the log of a hundred to one.
  private static let largestLogRatio = Elementary.logarithm(100)
  /// The fewest samples that it is fitted to.
  static let leastSamples = 20

  /// A detector with these numbers.
  public init(means: [Double], deviations: [Double], coefficients: [Double]) {
    precondition(means.count == 3 && deviations.count == 3 && coefficients.count == 4)
    self.means = means
    self.deviations = deviations
    self.coefficients = coefficients
  }

  /// A detector fitted to a modality's samples, and to as many whose inputs were shuffled position by position.
  ///
  /// Nil where there are fewer than 20 of either, or their features' norms are not known, or nothing is found.
  ///
  /// - Parameter ridge: half of this times the squared slopes is added to what is minimised.
  init?(sound: ModalityLogits, spoilt: ModalityLogits, ridge: Double = 1) throws {
    let (clean, shuffled) = (Self.numbers(of: sound), Self.numbers(of: spoilt))
    guard min(clean.count, shuffled.count) >= Self.leastSamples else { return nil }
    let count = Double(clean.count)
    let means = (0..<3).map { place in clean.reduce(0.0) { $0 + $1[place] } / count }
    let deviations = (0..<3).map { place in
      let squares = clean.reduce(0.0) {
        $0 + ($1[place] - means[place]) * ($1[place] - means[place])
      }
      return (squares / count).squareRoot() + Self.least
    }
    let inputs = (clean + shuffled).map { Self.standardised($0, means, deviations) + [1] }
    let fitted = try BoxDescent.minimise(
      from: [0, 0, 0, 0], in: -Double.infinity...Double.infinity
    ) { coefficients in
      try LongWork.step()
      var value = 0.0
      var gradient = [Double](repeating: 0, count: 4)
      for (index, input) in inputs.enumerated() {
        var score = 0.0
        for place in 0..<4 { score += coefficients[place] * input[place] }
        let small = Elementary.exponential(-abs(score))
        let target = index < clean.count ? 0.0 : 1
        value += max(score, 0) + Elementary.logarithm(1 + small) - target * score
        let error = (score < 0 ? small : 1) / (1 + small) - target
        for place in 0..<4 { gradient[place] += error * input[place] }
      }
      for place in 0..<3 {
        value += ridge / 2 * coefficients[place] * coefficients[place]
        gradient[place] += ridge * coefficients[place]
      }
      return (value, gradient)
    }
    guard let fitted else { return nil }
    self.init(means: means, deviations: deviations, coefficients: fitted)
  }

  /// The log of how much likelier a sample is spoilt than any other: from 0 to log 100.
  func logRatio(_ sample: Int, of logits: ModalityLogits) -> Double {
    guard let numbers = Self.numbers(of: sample, logits) else { return 0 }
    let inputs = Self.standardised(numbers, means, deviations) + [1]
    var score = 0.0
    for place in 0..<4 { score += coefficients[place] * inputs[place] }
    return min(max(score, 0), Self.largestLogRatio)
  }

  private static func numbers(of logits: ModalityLogits) -> [[Double]] {
    logits.present.indices.filter { logits.present[$0] }.compactMap { numbers(of: $0, logits) }
  }

  /// Nil where one is not known, or not finite.
  private static func numbers(of sample: Int, _ logits: ModalityLogits) -> [Double]? {
    guard !logits.featureNorms.isEmpty else { return nil }
    let numbers = [
      logits.entropies[sample] / Elementary.logarithm(Double(logits.classCount)),
      logits.logSums[sample], Elementary.logarithm(logits.featureNorms[sample] + least),
    ]
    return numbers.allSatisfy(\.isFinite) ? numbers : nil
  }

  private static func standardised(
    _ numbers: [Double], _ means: [Double], _ deviations: [Double]
  ) -> [Double] {
    (0..<3).map { min(max((numbers[$0] - means[$0]) / deviations[$0], -farthest), farthest) }
  }
}
