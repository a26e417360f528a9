/// What a loss of classification makes of labels: how much each class counts, and how far targets are softened.
///
/// With weights w, smoothing e and K classes, a sample of class y with log-probabilities l has the loss
/// `-(1 - e) w_y l_y - e / K * sum over c of w_c l_c`, and a mini-batch the sum of those over the sum of its
/// `w_y`: `torch.nn.functional.cross_entropy` with `weight`, `label_smoothing` and `reduction='mean'`.
public struct LossOptions: Sendable, Equatable {
  /// The weight of each class, `[K]`, all above 0; empty: all are 1.
  public let classWeights: [Double]
  /// The part of each target that all classes share, in `[0, 1)`.
  public let smoothing: Double
  /// The sum of the weights of all classes.
  let weightSum: Double

  /// Labels as they are, each as good as any.
  public static let plain = LossOptions()

  /// Options with these weights; some that are all 1 are none.
  public init(classWeights: [Double] = [], smoothing: Double = 0) {
    self.classWeights = classWeights.allSatisfy { $0 == 1 } ? [] : classWeights
    self.smoothing = smoothing
    weightSum = self.classWeights.reduce(0, +)
  }

  /// Whether the loss is the mean of `-l_y`.
  public var isPlain: Bool { classWeights.isEmpty && smoothing == 0 }

  /// How much a class counts.
  public func weight(of label: Int) -> Double {
    classWeights.isEmpty ? 1 : classWeights[label]
  }

  /// The sum of the weights of K classes.
  func weightSum(of classCount: Int) -> Double {
    classWeights.isEmpty ? Double(classCount) : weightSum
  }

  /// A sample's loss, not yet divided by the sum of the mini-batch's weights.
  ///
  /// - Parameter logarithms: the logarithms of its probabilities, `[K]`.
  public func loss(_ logarithms: [Double], label: Int) -> Double {
    let own = -weight(of: label) * logarithms[label]
    guard smoothing > 0 else { return own }
    let all = logarithms.indices.reduce(0) { $0 - weight(of: $1) * logarithms[$1] }
    return (1 - smoothing) * own + smoothing / Double(logarithms.count) * all
  }

  /// The derivative of that loss with respect to the logit of a class.
  ///
  /// - Parameter probabilities: those of the sample, `[K]`.
  public func derivative(_ probabilities: [Double], of other: Int, label: Int) -> Double {
    let share = smoothing / Double(probabilities.count)
    let own = (1 - smoothing) * weight(of: label)
    let all = own + share * weightSum(of: probabilities.count)
    let target = (other == label ? own : 0) + share * weight(of: other)
    return all * probabilities[other] - target
  }
}
