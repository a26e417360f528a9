/// What a modality's training amounted to over some mini-batches.
public struct TrainingTotals: Sendable, Equatable {
  /// Samples that a step was made with.
  public var samples = 0
  /// Those of them that the model classified rightly at that time.
  public var correct = 0
  /// The sum of their losses.
  public var lossSum = 0.0

  /// Nothing trained yet.
  public init() {}

  /// The totals of one mini-batch.
  public init(samples: Int, correct: Int, lossSum: Double) {
    self.samples = samples
    self.correct = correct
    self.lossSum = lossSum
  }

  /// The mean loss; nil without samples.
  public var loss: Double? { samples > 0 ? lossSum / Double(samples) : nil }
  /// The part classified rightly; nil without samples.
  public var accuracy: Double? { samples > 0 ? Double(correct) / Double(samples) : nil }

  /// Adds the totals of further mini-batches.
  public static func += (totals: inout Self, more: Self) {
    totals.samples += more.samples
    totals.correct += more.correct
    totals.lossSum += more.lossSum
  }
}

extension TrainingTotals {
  /// The bytes that they take in a message.
  public static let byteCount = 2 * MemoryLayout<Int>.stride + MemoryLayout<Double>.stride

  /// Samples, correct, sum of losses, as a part of a message.
  public mutating func layout(_ fields: Fields) throws {
    try fields.field(&samples)
    try fields.field(&correct)
    try fields.field(&lossSum)
    // Sums over all turns of a run shall not overflow.
    try fields.require(0...Self.mostSamples ~= samples && 0...samples ~= correct)
  }

  /// More than any mini-batch has.
  private static let mostSamples = 1 << 32
}
