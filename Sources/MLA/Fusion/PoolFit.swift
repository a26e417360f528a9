import Tensors

/// A pool fitted to validation samples, on which no encoder was trained.
///
/// First a temperature for each modality alone, then one scale for all of them in the pool, then the weights,
/// held near those by a ridge; and, where shuffled inputs are given, a detector for each modality. The same on
/// every machine, and for every number of ranks.
public struct PoolFit: Sendable, Equatable {
  /// What a fit is told.
  public struct Options: Sendable, Equatable {
    /// The share of inputs that are taken to be spoilt, between 0 and 1.
    public var spoilt = 0.05
    /// How strongly the weights are held near the scaled temperatures, at least 0.
    public var ridge = 3.0
    /// What subsets of more than four modalities are drawn from.
    public var seed: UInt64 = 0

    /// The defaults.
    public init() {}
  }

  /// The pool.
  public let pool: RobustPool
  /// What each modality's logits are multiplied by where it is alone, `[M]`; 1 where there was no sample.
  public let temperatures: [Double]
  /// What all temperatures are multiplied by in the pool.
  public let scale: Double
  /// Whether the weights are the temperatures, because the descent met no finite number.
  public let isFallback: Bool

  /// The fewest samples that a pool should be fitted to.
  public static let leastSamples = 30

  private static let box = 1e-3...20.0
  private static let scaleBox = 1e-3...5.0

  /// A fit made of its parts.
  public init(pool: RobustPool, temperatures: [Double], scale: Double, isFallback: Bool) {
    self.pool = pool
    self.temperatures = temperatures
    self.scale = scale
    self.isFallback = isFallback
  }

  /// Fits a pool.
  ///
  /// - Parameters:
  ///   - sound: the logits of validation samples, with their features' norms.
  ///   - shuffled: the same of as many samples made of their inputs, each position of which was permuted by
  ///     itself; nil: no detectors.
  ///   - labels: `[N]`, each below K.
  ///   - prior: the probability of each class, `[K]`, all above 0.
  /// - Throws: when the work shall end.
  public init(
    _ sound: [ModalityLogits], shuffled: [ModalityLogits]?, labels: [Int], prior: [Double],
    _ options: Options = Options()
  ) throws {
    precondition(sound.allSatisfy { $0.sampleCount == labels.count })
    precondition(shuffled.map { $0.count == sound.count } ?? true)
    let objective = PoolObjective(
      sound, labels: labels, spoilt: options.spoilt, prior: prior, seed: options.seed)
    let temperatures = try sound.indices.map { try objective.temperature(of: $0, in: Self.box) }
    let scaled = try BoxDescent.minimise(from: [1], in: Self.scaleBox) { scale in
      let (value, gradient) = try objective.slope(at: temperatures.map { scale[0] * $0 })
      return (value, [zip(gradient, temperatures).reduce(0.0) { $0 + $1.0 * $1.1 }])
    }
    let start = temperatures.map { (scaled?[0] ?? 1) * $0 }
    let size = start.reduce(0.0) { $0 + $1 * $1 } / Double(max(1, start.count))
    let weights = try BoxDescent.minimise(from: start, in: Self.box) { weights in
      var (value, gradient) = try objective.slope(at: weights)
      for modality in weights.indices {
        let distance = weights[modality] - start[modality]
        value += options.ridge / 2 * distance * distance / size
        gradient[modality] += options.ridge * distance / size
      }
      return (value, gradient)
    }
    let detectors = try sound.indices.map { modality in
      try shuffled.flatMap { try SpoiltDetector(sound: sound[modality], spoilt: $0[modality]) }
    }
    self.temperatures = temperatures
    scale = scaled?[0] ?? 1
    isFallback = scaled == nil || weights == nil
    pool = RobustPool(
      spoilt: options.spoilt, prior: prior,
      weights: (isFallback ? nil : weights) ?? temperatures, detectors: detectors)
  }
}

extension RobustPool {
  /// The probability of each class, from the labels of training samples: one sample more of each than there is.
  public static func prior(of labels: [Int], classCount: Int) -> [Double] {
    var counts = [Double](repeating: 1, count: classCount)
    for label in labels { counts[label] += 1 }
    let total = Double(labels.count + classCount)
    return counts.map { $0 / total }
  }
}
