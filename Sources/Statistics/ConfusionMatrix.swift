/// How often which class is taken for which.
public struct ConfusionMatrix: Sendable, Equatable {
  /// The number of classes K.
  public let classCount: Int
  /// `[K, K]`, row-major: a row a label, a column a prediction.
  public private(set) var counts: [Int]
  /// Samples without a prediction, by label.
  public private(set) var unpredicted: [Int]

  /// An empty matrix.
  public init(classCount: Int) {
    self.classCount = classCount
    counts = [Int](repeating: 0, count: classCount * classCount)
    unpredicted = [Int](repeating: 0, count: classCount)
  }

  /// Counts predictions, -1 where there is none.
  public mutating func add(predictions: [Int], labels: [Int]) {
    for (prediction, label) in zip(predictions, labels) {
      if prediction < 0 {
        unpredicted[label] += 1
      } else {
        counts[label * classCount + prediction] += 1
      }
    }
  }

  /// The samples of a label that were taken for a class.
  public subscript(label: Int, prediction: Int) -> Int { counts[label * classCount + prediction] }

  /// The samples of a label.
  public func support(of label: Int) -> Int {
    counts[label * classCount..<(label + 1) * classCount].reduce(unpredicted[label], +)
  }

  /// The share of a label's samples that are found; nil: there are none.
  public func recall(of label: Int) -> Double? {
    Self.share(self[label, label], of: support(of: label))
  }

  /// The share of the predictions of a class that are right; nil: there are none.
  public func precision(of label: Int) -> Double? {
    Self.share(
      self[label, label], of: (0..<classCount).reduce(0) { $0 + self[$1, label] })
  }

  private static func share(_ part: Int, of whole: Int) -> Double? {
    whole == 0 ? nil : Double(part) / Double(whole)
  }
}
