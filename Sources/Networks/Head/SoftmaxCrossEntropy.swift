import CKernels
import Tensors

/// The loss of classification: the mean over samples of `-log softmax(z)[label]`.
public enum SoftmaxCrossEntropy {
  /// The sum of the losses of all rows in float64, rows ascending, and how many rows have their
  /// largest logit (the first of equals) at the label; fills `gradient [n, K] = (softmax - onehot)
  /// / total`.
  ///
  /// `total` is the number of rows that the mean runs over: more than `logits.count` where several
  /// ranks share a batch. The sum is NaN if any logit is not finite. `labels` has one for each row,
  /// in `0 ..< K`, or more.
  public static func evaluate(
    logits: Tensor, labels: Buffer<Int32>, total: Int, gradient: Tensor? = nil
  ) -> (lossSum: Double, correct: Int) {
    let classes = logits.stride
    precondition(labels.count >= logits.count && total >= logits.count)
    precondition(gradient.map { $0.stride == classes } ?? true)
    gradient?.count = logits.count
    let (rows, gradients) = (logits.values, gradient?.values)
    let scale = Float(1 / Double(max(1, total)))
    var (lossSum, correct) = (0.0, 0)
    for row in 0..<logits.count {
      let label = Int(labels[row])
      precondition((0..<classes).contains(label), "label \(label) of \(classes) classes")
      var top = 0
      lossSum += softmax_cross_entropy_row(
        rows + row * classes, gradients.map { $0 + row * classes }, classes, label, scale, &top)
      if top == label { correct += 1 }
    }
    return (lossSum, correct)
  }
}
