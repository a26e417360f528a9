import Methods
import Networks
import Tensors

/// The loss of a modality in its stage: each sample has a weight, by what the other members say of it; and the
/// modality may be drawn towards what the one before it says.
final class WeighedLoss {
  private let agreement: Double
  private let loss: ClassificationLoss
  private let classCount: Int
  /// The weight of each row of the source.
  private let weights: Buffer<Double>
  /// The probabilities of the modality before of each row, `[rows, K]`; NaN where it lacks the sample.
  private let previous: Buffer<Float>
  private var hasPrevious = false
  private var softmax: LogSoftmax

  /// - Parameters:
  ///   - rowCount: the rows of the source.
  ///   - loss: what a sample's loss is, before its weight.
  init(_ method: ReconBoost, classCount: Int, rowCount: Int, loss: LossOptions = .plain) {
    agreement = method.agreement
    self.loss = ClassificationLoss(loss)
    self.classCount = classCount
    weights = Buffer(rowCount)
    previous = Buffer(method.agreement > 0 ? rowCount * classCount : 0)
    softmax = LogSoftmax(classCount)
  }

  /// Takes what was told of some rows; false where it does not fit.
  func take(_ told: SampleWeights, of rows: [Int]) -> Bool {
    guard told.weights.count == rows.count,
      told.previous.isEmpty || agreement > 0 && told.previous.count == rows.count * classCount
    else { return false }
    hasPrevious = !told.previous.isEmpty
    for (place, row) in rows.enumerated() {
      weights[row] = told.weights[place]
      guard hasPrevious else { continue }
      for label in 0..<classCount {
        previous[row * classCount + label] = told.previous[place * classCount + label]
      }
    }
    return true
  }

  /// The mean loss of samples, and how many of them are classified rightly; fills the gradient with respect to
  /// their logits, `[n, K]`.
  func evaluate(
    _ rows: [Int], logits: Tensor, labels: Buffer<Int32>, gradient: Tensor
  ) -> (mean: Double, correct: Int) {
    let found = loss.evaluate(logits: logits, labels: labels, gradient: gradient)
    var sum = 0.0
    for (place, row) in rows.enumerated() {
      softmax.take(logits.buffer(of: place))
      sum += weights[row] * loss.options.loss(softmax.logarithms, label: Int(labels[place]))
      FixedSums.scale(gradient.buffer(of: place), by: Float(weights[row]))
    }
    return (sum / found.weight + agree(rows, logits, gradient), found.correct)
  }

  /// The mean over rows and classes of squared differences from the modality before, times its weight; adds the
  /// gradient.
  private func agree(_ rows: [Int], _ logits: Tensor, _ gradient: Tensor) -> Double {
    guard hasPrevious else { return 0 }
    let known = rows.indices.filter { !previous[rows[$0] * classCount].isNaN }
    let factor = agreement / Double(known.count * classCount)
    var sum = 0.0
    for place in known {
      softmax.take(logits.buffer(of: place))
      let differences = softmax.probabilities.enumerated().map { label, probability in
        probability - Double(previous[rows[place] * classCount + label])
      }
      sum += differences.reduce(0) { $0 + $1 * $1 }
      let passed = softmax.passed(differences)
      let row = gradient.buffer(of: place)
      for label in 0..<classCount { row[label] += Float(2 * factor * passed[label]) }
    }
    return known.isEmpty ? 0 : factor * sum
  }
}
