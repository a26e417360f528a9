import Tensors

extension ModalityLogits {
  /// The mean cross-entropy, in nats, over the samples that the modality has; nil: it has none.
  ///
  /// - Parameter labels: the class of every sample, `[N]`.
  public func loss(labels: [Int]) -> Double? {
    precondition(labels.count == sampleCount)
    var (sum, count) = (0.0, 0)
    for sample in present.indices where present[sample] {
      LongWork.pass()
      sum += logSums[sample] - Double(logits[sample * classCount + labels[sample]])
      count += 1
    }
    return count > 0 ? sum / Double(count) : nil
  }
}
