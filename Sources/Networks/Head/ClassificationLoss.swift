import CKernels
import Tensors

/// The loss of a mini-batch and its gradient, as `LossOptions` say.
public struct ClassificationLoss: Sendable {
  /// What labels are made of.
  public let options: LossOptions

  /// A loss with these options.
  public init(_ options: LossOptions) { self.options = options }

  /// The loss of some rows.
  public struct Found: Sendable, Equatable {
    /// The sum over rows, in float64, rows ascending; NaN if any logit is not finite.
    public let sum: Double
    /// What the mean divides it by: the sum of the weights of the rows' labels; without weights, their number.
    public let weight: Double
    /// How many rows have their largest logit, the first of equals, at the label.
    public let correct: Int
    fileprivate let count: Int

    /// The mean, which is minimised; NaN without rows.
    public var mean: Double { sum / weight }
    /// The mean times the number of rows: what is added up to the mean of an epoch.
    public var total: Double { weight == Double(count) ? sum : mean * Double(count) }
  }

  /// The loss of the rows of `logits [n, K]`; fills `gradient [n, K]`, that of the mean.
  ///
  /// - Parameter labels: one for each row, in `0 ..< K`, or more.
  public func evaluate(
    logits: Tensor, labels: Buffer<Int32>, gradient: Tensor? = nil
  ) -> Found {
    guard !options.isPlain else {
      let found = SoftmaxCrossEntropy.evaluate(
        logits: logits, labels: labels, total: logits.count, gradient: gradient)
      return Found(
        sum: found.lossSum, weight: Double(logits.count), correct: found.correct,
        count: logits.count)
    }
    let classes = logits.stride
    precondition(labels.count >= logits.count)
    precondition(gradient.map { $0.stride == classes } ?? true)
    gradient?.count = logits.count
    var weight = 0.0
    for row in 0..<logits.count {
      let label = Int(labels[row])
      precondition((0..<classes).contains(label), "label \(label) of \(classes) classes")
      weight += options.weight(of: label)
    }
    var (sum, correct) = (0.0, 0)
    for row in 0..<logits.count {
      let (loss, isRight) = evaluate(
        row, logits, label: Int(labels[row]), scale: 1 / weight, gradient)
      sum += loss
      correct += isRight ? 1 : 0
    }
    return Found(sum: sum, weight: weight, correct: correct, count: logits.count)
  }

  /// One row's loss, and whether it is classified rightly; its gradient is multiplied by `scale`.
  private func evaluate(
    _ row: Int, _ logits: Tensor, label: Int, scale: Double, _ gradient: Tensor?
  ) -> (loss: Double, isRight: Bool) {
    let classes = logits.stride
    let values = logits.values + row * classes
    let gradients = gradient.map { $0.values + row * classes }
    let own = (1 - options.smoothing) * options.weight(of: label)
    let share = options.smoothing / Double(classes)
    let all = share * options.weightSum(of: classes)
    var top = 0
    let plain = softmax_cross_entropy_row(
      values, gradients, classes, label, Float((own + all) * scale), &top)
    guard share > 0 else { return (own * plain, top == label) }
    // log(sum exp(z)), from which every class's log-probability follows.
    let logSum = plain + Double(values[label])
    var loss = own * plain
    for other in 0..<classes {
      loss += share * options.weight(of: other) * (logSum - Double(values[other]))
    }
    if let gradients {
      // The kernel's target is all at the label: the classes' shares go where they belong.
      gradients[label] += Float(all * scale)
      for other in 0..<classes {
        gradients[other] -= Float(share * options.weight(of: other) * scale)
      }
    }
    return (loss, top == label)
  }
}
