/// How well one class is recognised.
public struct ClassMetrics: Sendable, Equatable {
  /// The share of the predictions of this class that are right; 0 if there are none.
  public let precision: Double
  /// The share of the samples of this class that are found; 0 if there are none.
  public let recall: Double
  /// The harmonic mean of precision and recall; 0 if both are.
  public let f1: Double
  /// The number of samples of this class.
  public let support: Int
}

/// How well predictions meet labels.
///
/// A prediction of -1 stands for "no prediction": it is wrong, and belongs to no class.
public struct ClassificationMetrics: Sendable, Equatable {
  /// The number of samples counted.
  public let sampleCount: Int
  /// The share of right predictions; NaN without samples.
  public let accuracy: Double
  /// The mean F1 over the classes that occur in labels or predictions; NaN if none does.
  public let macroF1: Double
  /// The mean recall over the classes that occur in labels; NaN if none does.
  public let balancedAccuracy: Double
  /// One entry for each class.
  public let classes: [ClassMetrics]
  /// The metrics of one prediction for each label. Takes memory for the classes, not for their pairs.
  ///
  /// - Parameters:
  ///   - predictions: `-1 ..< classCount`.
  ///   - labels: `0 ..< classCount`.
  ///   - classCount: the number of classes K.
  ///   - isCounted: which samples count; all if left out.
  public init(
    predictions: [Int], labels: [Int], classCount: Int, counting isCounted: [Bool]? = nil
  ) {
    precondition(
      predictions.count == labels.count && isCounted.map { $0.count == labels.count } ?? true)
    var supports = [Int](repeating: 0, count: classCount)
    var (predicted, right) = (supports, supports)
    for (index, label) in labels.enumerated() where isCounted?[index] ?? true {
      supports[label] += 1
      let prediction = predictions[index]
      if prediction >= 0 { predicted[prediction] += 1 }
      if prediction == label { right[label] += 1 }
    }
    let classes = (0..<classCount).map { label in
      ClassMetrics(
        precision: Self.share(right[label], of: predicted[label]),
        recall: Self.share(right[label], of: supports[label]),
        f1: Self.share(2 * right[label], of: supports[label] + predicted[label]),
        support: supports[label])
    }
    self.classes = classes
    sampleCount = supports.reduce(0, +)
    accuracy = Double(right.reduce(0, +)) / Double(sampleCount)
    let occurring = (0..<classCount).filter { supports[$0] + predicted[$0] > 0 }
    macroF1 = occurring.reduce(0) { $0 + classes[$1].f1 } / Double(occurring.count)
    let labelled = classes.filter { $0.support > 0 }
    balancedAccuracy = labelled.reduce(0) { $0 + $1.recall } / Double(labelled.count)
  }

  private static func share(_ part: Int, of whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }
}
