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

extension Frame {
  /// Appends totals: samples, correct, sum of losses.
  public func append(_ totals: TrainingTotals) {
    append(totals.samples)
    append(totals.correct)
    append(totals.lossSum)
  }

  /// Reads what `append` wrote.
  public func readTotals() throws -> TrainingTotals {
    try TrainingTotals(
      samples: read(Int.self), correct: read(Int.self), lossSum: read(Double.self))
  }
}
