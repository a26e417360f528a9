import Tensors

/// The linear classifier that all modalities share: `Z = H W^T + b`.
public final class Head {
  /// K, the number of classes.
  public let classCount: Int
  /// D, the number of features.
  public let featureCount: Int
  /// `weight [K, D]`, then `bias [K]`; nothing where features pass.
  public let store: ParameterStore
  /// Whether features pass as they are: the logits of a head that there is not.
  public let passesFeatures: Bool
  /// `[K, D]`.
  public let weight: Parameter
  /// `[K]`.
  public let bias: Parameter

  /// A head with normal weights of deviation `sqrt(2 / (K + fanIn))` (Glorot and Bengio, 2010) and
  /// zero bias. `initialFanIn` is D unless given.
  public convenience init(
    classCount: Int, featureCount: Int, initialFanIn: Int? = nil,
    generator: inout SeededGenerator
  ) {
    self.init(classCount: classCount, featureCount: featureCount, initialFanIn: initialFanIn)
    store.initialise(from: &generator)
  }

  /// A head of zeros, for values from elsewhere, or for `store` to initialise.
  public init(classCount: Int, featureCount: Int, initialFanIn: Int? = nil) {
    precondition(classCount > 0 && featureCount > 0)
    self.classCount = classCount
    self.featureCount = featureCount
    let fanIn = initialFanIn ?? featureCount
    weight = Parameter(
      "weight", [classCount, featureCount], .xavierNormal(fanIn: fanIn, fanOut: classCount))
    bias = Parameter("bias", [classCount], .constant(0))
    store = ParameterStore([weight, bias])
    passesFeatures = false
  }

  /// What stands in the place of a head where the features themselves are wanted: they pass, and nothing is
  /// trained.
  public init(passing featureCount: Int) {
    (classCount, self.featureCount) = (featureCount, featureCount)
    (weight, bias) = (
      Parameter("weight", [0], .constant(0)), Parameter("bias", [0], .constant(0))
    )
    store = ParameterStore([])
    passesFeatures = true
  }

  /// `weight`, then `bias`.
  public var state: [NamedState] { store.state }

  /// `logits [n, K]` of `features [n, D]`; sets the logits' count.
  public func logits(_ features: Tensor, into logits: Tensor) {
    precondition(features.stride == featureCount && logits.stride == classCount)
    logits.count = features.count
    guard !passesFeatures else { return logits.held.update(from: features.held) }
    BLAS.multiply(
      features.held, transposed: false, weight.values, transposed: true, into: logits.held,
      m: features.count, n: classCount, k: featureCount)
    RowKernels.addBias(logits.held, bias.values, rows: features.count, columns: classCount)
  }

  /// Fills the store's gradients: `G = D^T H` and `g` = column sums of `D`, rows ascending, where
  /// `D [n, K]` is the gradient of the loss with respect to the logits.
  public func gradient(logitGradient: Tensor, features: Tensor) {
    precondition(features.count == logitGradient.count)
    guard !passesFeatures else { return }
    gradient(
      logitGradient: logitGradient, features: features.held, intoWeight: weight.gradients,
      intoBias: bias.gradients)
  }

  /// The same of features `[n, D]` in memory of their own, into `[K, D]` and `[K]`.
  public func gradient(
    logitGradient: Tensor, features: Buffer<Float>, intoWeight weightGradient: Buffer<Float>,
    intoBias biasGradient: Buffer<Float>
  ) {
    precondition(logitGradient.stride == classCount)
    precondition(features.count == logitGradient.count * featureCount)
    BLAS.multiply(
      logitGradient.held, transposed: true, features, into: weightGradient,
      m: classCount, n: featureCount, k: logitGradient.count)
    RowKernels.columnSums(
      logitGradient.held, into: biasGradient, rows: logitGradient.count, columns: classCount)
  }

  /// `featureGradient [n, D] = D W`, with the weights as they are now; sets its count.
  public func featureGradient(logitGradient: Tensor, into featureGradient: Tensor) {
    precondition(featureGradient.stride == featureCount && logitGradient.stride == classCount)
    featureGradient.count = logitGradient.count
    guard !passesFeatures else { return featureGradient.held.update(from: logitGradient.held) }
    BLAS.multiply(
      logitGradient.held, weight.values, into: featureGradient.held, m: logitGradient.count,
      n: featureCount, k: classCount)
  }
}
