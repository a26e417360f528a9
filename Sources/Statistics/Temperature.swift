import Tensors

/// One number that all scores are divided by, so that probabilities can be believed (Guo et al., ICML 2017).
public enum Temperature {
  /// The temperature, 0.001 to 1000, whose probabilities have the least negative log-likelihood on the given
  /// samples. Fit it on validation, never on what it is measured on.
  ///
  /// The likelihood is convex in the inverse temperature b; where its derivative
  /// `mean(sum_k p_k z_k - z_label)` changes its sign is found by halving.
  ///
  /// - Parameters:
  ///   - scores: `[N, K]`, row-major: logits, or logarithms of probabilities.
  ///   - labels: `[N]`.
  ///   - isPredicted: which samples have a prediction.
  /// - Returns: nil where none has one, with scores that are numbers.
  public static func fitted(scores: [Double], labels: [Int], isPredicted: [Bool]) -> Double? {
    let classCount = scores.count / max(1, labels.count)
    let counted = labels.indices.filter { sample in
      isPredicted[sample]
        && scores[sample * classCount..<(sample + 1) * classCount].allSatisfy(\.isFinite)
    }
    guard !counted.isEmpty else { return nil }
    func slope(_ inverse: Double) -> Double {
      var slope = 0.0
      for sample in counted {
        let row = sample * classCount..<(sample + 1) * classCount
        let largest = scores[row].max() ?? 0
        var (sum, weighted) = (0.0, 0.0)
        for place in row {
          let p = Elementary.exponential(inverse * (scores[place] - largest))
          sum += p
          weighted += p * scores[place]
        }
        slope += weighted / sum - scores[row.lowerBound + labels[sample]]
      }
      return slope
    }
    // By logarithms: the ends are six powers of ten apart.
    var (low, high) = (Elementary.logarithm(1e-3), Elementary.logarithm(1e3))
    for _ in 0..<60 {
      LongWork.pass()
      let middle = (low + high) / 2
      if slope(Elementary.exponential(middle)) > 0 { high = middle } else { low = middle }
    }
    return Elementary.exponential(-(low + high) / 2)
  }
}
