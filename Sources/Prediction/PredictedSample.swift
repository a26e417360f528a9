/// What a model says of one sample.
public struct PredictedSample: Sendable, Equatable {
  /// What one modality says.
  public struct Voice: Sendable, Equatable {
    /// Its name.
    public let modality: String
    /// Its weight in the fusion; 0 where it has no say.
    public let weight: Double
    /// The class that it predicts by itself, by place; nil: its logits are no numbers.
    public let prediction: Int?
    /// The entropy of its prediction, in nats.
    public let entropy: Double
    /// How much likelier its input is spoilt than any other, from 1 to 100; nil: no detector was fitted.
    public let spoiltFactor: Double?
    /// What it is judged by, `[K]`.
    public let logits: [Float]
  }

  /// The id of the sample.
  public let id: String
  /// The class predicted, by place; nil: there is no prediction.
  public let prediction: Int?
  /// The probability of every class, `[K]`; empty where there is no prediction.
  public let probabilities: [Double]
  /// What each modality says, in the order of the model; nil: the sample lacks it.
  public let voices: [Voice?]

  /// The classes with the highest probabilities, by place: at most `count`, of equal ones the first.
  public func best(_ count: Int) -> [Int] {
    let order = probabilities.indices.sorted {
      probabilities[$0] != probabilities[$1] ? probabilities[$0] > probabilities[$1] : $0 < $1
    }
    return Array(order.prefix(count))
  }
}
