/// What a worker sends of a sample, in training or for an evaluation.
public enum SentValues: Sendable, Equatable {
  /// Logits `[K]`.
  case logits
  /// The features `[D]` as they are.
  case features
  /// A projection of them, so many numbers.
  case projection(Int)

  /// How many numbers that is.
  public func width(classCount: Int, featureCount: Int) -> Int {
    switch self {
    case .logits: classCount
    case .features: featureCount
    case .projection(let width): width
    }
  }
}
