import Tensors

/// One modality's logits for all samples of a split, and how sure each prediction is.
public struct ModalityLogits: Sendable {
  /// `[N, K]`, row-major.
  public let logits: [Float]
  /// For each sample, whether the modality has it; logits of absent ones may be anything.
  public let present: [Bool]
  /// The number of classes K.
  public let classCount: Int
  /// The entropy of each sample's prediction in nats, `[N]`.
  ///
  /// It is `-sum p log p` with `p = softmax(logits)` and `0 log 0 = 0`; NaN where the logits are,
  /// and without meaning where the sample is absent.
  public let entropies: [Double]
  /// For each sample, the log of the sum of `exp(logits)`: `[N]`.
  public let logSums: [Double]
  /// The length of each sample's features, `[N]`, as they were given to the head; empty: nobody has told.
  public let featureNorms: [Double]

  /// The number of samples N.
  public var sampleCount: Int { present.count }

  /// The logits of `present.count` samples.
  public init(logits: [Float], present: [Bool], classCount: Int, featureNorms: [Double] = []) {
    precondition(classCount > 0 && logits.count == present.count * classCount)
    precondition(featureNorms.isEmpty || featureNorms.count == present.count)
    self.featureNorms = featureNorms
    self.logits = logits
    self.present = present
    self.classCount = classCount
    var entropies = [Double](repeating: 0, count: present.count)
    var logSums = entropies
    for sample in present.indices {
      LongWork.pass()
      let places = sample * classCount..<(sample + 1) * classCount
      (logSums[sample], entropies[sample]) = uncertainty(logits.span.extracting(places))
    }
    self.entropies = entropies
    self.logSums = logSums
  }

  /// Adds a sample's logits, or probabilities, times `weight` to `sums`, `[K]`.
  func add(_ sample: Int, to sums: inout [Double], weight: Double, asProbability: Bool) {
    let logSum = logSums[sample]
    for label in 0..<classCount {
      let z = Double(logits[sample * classCount + label])
      sums[label] += weight * (asProbability ? Elementary.exponential(z - logSum) : z)
    }
  }
}

/// The log of the sum of exponentials of some logits, and the entropy of their softmax.
///
/// With `c = max z` and `S = sum exp(z_k - c)`, the entropy is
/// `log S - sum exp(z_k - c) (z_k - c) / S`: one exponential for each logit, one logarithm in all.
func uncertainty(_ logits: Span<Float>) -> (logSum: Double, entropy: Double) {
  var largest = -Double.infinity
  for place in logits.indices { largest = max(largest, Double(logits[place])) }
  var sum = 0.0
  var weighted = 0.0
  for place in logits.indices {
    let distance = Double(logits[place]) - largest
    let e = Elementary.exponential(distance)
    sum += e
    // Where e is 0, so is its share; the distance may be infinite.
    if e != 0 { weighted += e * distance }
  }
  return (largest + Elementary.logarithm(sum), Elementary.logarithm(sum) - weighted / sum)
}
