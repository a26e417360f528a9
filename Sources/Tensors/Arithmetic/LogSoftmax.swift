/// The logarithm of softmax in float64, for what is decided by probabilities.
public struct LogSoftmax {
  /// log(sum exp(z)).
  public private(set) var logSum = 0.0
  /// The logarithms of the probabilities, `[K]`.
  public private(set) var logarithms: [Double]
  /// The probabilities, `[K]`.
  public private(set) var probabilities: [Double]

  /// Room for K logits.
  public init(_ classCount: Int) {
    logarithms = Array(repeating: 0, count: classCount)
    probabilities = logarithms
  }

  /// Takes the logits `[K]` of a row, each with what is added to it.
  public mutating func take(_ logits: Buffer<Float>, adding share: [Double]? = nil) {
    for label in logarithms.indices {
      logarithms[label] = Double(logits[label]) + (share?[label] ?? 0)
    }
    let top = logarithms.max() ?? 0
    var sum = 0.0
    for label in logarithms.indices {
      probabilities[label] = Elementary.exponential(logarithms[label] - top)
      sum += probabilities[label]
    }
    logSum = top + Elementary.logarithm(sum)
    for label in logarithms.indices {
      logarithms[label] -= logSum
      probabilities[label] /= sum
    }
  }

  /// The gradient with respect to the logits, given `gradient` with respect to the probabilities, both `[K]`.
  public func passed(_ gradient: [Double]) -> [Double] {
    let mean = zip(probabilities, gradient).reduce(0) { $0 + $1.0 * $1.1 }
    return zip(probabilities, gradient).map { $0 * ($1 - mean) }
  }
}
