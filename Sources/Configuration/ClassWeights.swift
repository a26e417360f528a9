/// How much each class counts in the loss.
public enum ClassWeights: Sendable, Equatable {
  /// All alike.
  case alike
  /// In inverse proportion to how many training samples it has: `n / (K n_k)`, with a mean of 1 over samples.
  case balanced
  /// As listed, one a class, all above 0.
  case listed([Double])

  /// The weights `[K]` of classes with so many training samples; none where all count alike. A balanced class
  /// without samples has weight 1: no run is trained with it.
  public func values(counts: [Int]) -> [Double] {
    switch self {
    case .alike: return []
    case .listed(let values): return values
    case .balanced:
      let total = Double(counts.reduce(0, +))
      return counts.map { $0 > 0 ? total / (Double(counts.count) * Double($0)) : 1 }
    }
  }
}
