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
  /// One entry for each class.
  public let classes: [ClassMetrics]
  /// How often a label (first index) met a prediction (second): `[K][K]`.
  public let confusion: [[Int]]
  /// How often a label met no prediction: the column that `confusion` lacks, `[K]`.
  public let unpredicted: [Int]

  /// The metrics of one prediction for each label.
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
    var confusion = [[Int]](
      repeating: [Int](repeating: 0, count: classCount), count: classCount)
    var unpredicted = [Int](repeating: 0, count: classCount)
    for index in labels.indices where isCounted?[index] ?? true {
      if predictions[index] == -1 {
        unpredicted[labels[index]] += 1
      } else {
        confusion[labels[index]][predictions[index]] += 1
      }
    }
    self.init(confusion: confusion, unpredicted: unpredicted)
  }

  /// The metrics of a finished count, such as the sum of those of several runs.
  public init(confusion: [[Int]], unpredicted: [Int]) {
    let classIndices = confusion.indices
    precondition(
      unpredicted.count == confusion.count
        && confusion.allSatisfy { $0.count == confusion.count })
    self.confusion = confusion
    self.unpredicted = unpredicted
    let supports = classIndices.map { confusion[$0].reduce(unpredicted[$0], +) }
    let predicted = classIndices.map { label in confusion.reduce(0) { $0 + $1[label] } }
    let right = classIndices.map { confusion[$0][$0] }
    let classes = classIndices.map { label in
      ClassMetrics(
        precision: Self.share(right[label], of: predicted[label]),
        recall: Self.share(right[label], of: supports[label]),
        f1: Self.share(2 * right[label], of: supports[label] + predicted[label]),
        support: supports[label])
    }
    self.classes = classes
    sampleCount = supports.reduce(0, +)
    accuracy = Double(right.reduce(0, +)) / Double(sampleCount)
    let occurring = classIndices.filter { supports[$0] + predicted[$0] > 0 }
    macroF1 = occurring.reduce(0) { $0 + classes[$1].f1 } / Double(occurring.count)
  }

  private static func share(_ part: Int, of whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }
}
