import Tensors

/// Options of an optimizer, with PyTorch's rules and names.
///
/// Stochastic gradient descent: `d = gradient + weightDecay * p;  v = momentum * v + d;  p = p -
/// learningRate * v`.
public struct OptimizerOptions: Sendable, Equatable {
  /// The rules.
  public enum Kind: String, Sendable, CaseIterable {
    /// Gradient descent with momentum.
    case sgd
    /// Adam (Kingma and Ba, 2015); weight decay is added to the gradient.
    case adam
    /// Adam with decoupled weight decay (Loshchilov and Hutter, 2019).
    case adamw
  }

  /// How the learning rate goes on after the warm-up.
  public enum Schedule: String, Sendable, CaseIterable {
    case constant
    /// Times `decayFactor` after every `decayEpoch` epochs.
    case step
    /// Half a cosine from the learning rate down to 0 (Loshchilov and Hutter, 2017, no restarts).
    case cosine
  }

  /// What weight decay spares.
  public enum DecayExemption: String, Sendable, CaseIterable {
    case nothing
    /// Vectors (biases, the weights of norms, class tokens) and learned positions.
    case vectors
  }

  /// The rule.
  public var kind = Kind.sgd
  /// The factor of the gradient in a step, before any schedule.
  public var learningRate = 0.02
  /// The part of the last velocity that is kept.
  public var momentum = 0.9
  /// Whether the step looks ahead by the momentum (Nesterov; PyTorch's form).
  public var isNesterov = false
  /// The part of a weight that is added to its gradient.
  public var weightDecay = 1e-4
  /// What is spared.
  public var decayExemption = DecayExemption.nothing
  /// How much of the mean gradient is kept (Adam).
  public var beta1 = 0.9
  /// How much of the mean squared gradient is kept (Adam).
  public var beta2 = 0.999
  /// Added to the root of the mean squared gradient (Adam).
  public var epsilon = 1e-8
  /// Gradients with a larger Euclidean norm are scaled down to this one; nil: never.
  public var clipNorm: Double?

  /// How the learning rate goes on after the warm-up.
  public var schedule = Schedule.step
  /// The learning rate is multiplied by `decayFactor` after every so many epochs; nil: never.
  public var decayEpoch: Int?
  /// What the learning rate is multiplied by; see `decayEpoch`.
  public var decayFactor = 0.1
  /// The learning rate rises linearly for so many epochs, step by step.
  public var warmupEpochs = 0.0
  /// The epoch, the warm-up's included, where the cosine ends; nil: the run's last.
  public var cosineEpochs: Int?

  /// The defaults.
  public init() {}

  /// What moves a head: gradient descent, whatever the rule of the encoders, with these options.
  public var ofHead: OptimizerOptions {
    var options = self
    options.kind = .sgd
    return options
  }

  /// What a network must keep of its gradients for this optimizer: clipping needs the norm of all
  /// before it can move the first.
  public var gradientMemory: GradientMemory { clipNorm == nil ? .shared : .whole }

  /// The learning rate of an epoch, counted from 0, at its first step.
  public func learningRate(epoch: Int) -> Double {
    learningRate(epoch: epoch, batch: 0, of: 1)
  }

  /// The learning rate of mini-batch `batch` of the `batchCount` of an epoch, all counted from 0.
  ///
  /// It is a function of the place alone, so that a run that is taken up again goes on alike. The
  /// first step of a warm-up of n steps has 1/n of the learning rate, the n-th all of it. A cosine
  /// needs `cosineEpochs`; without it the rate stays.
  public func learningRate(epoch: Int, batch: Int, of batchCount: Int) -> Double {
    precondition(batchCount > 0 && epoch >= 0 && batch >= 0)
    let count = Double(batchCount)
    if warmupEpochs > 0 {
      let risen = (Double(epoch) + Double(batch + 1) / count) / warmupEpochs
      if risen < 1 { return learningRate * risen }
    }
    switch schedule {
    case .constant: return learningRate
    case .step:
      guard let decayEpoch else { return learningRate }
      return learningRate * Elementary.power(decayFactor, Double(epoch / decayEpoch))
    case .cosine:
      guard let cosineEpochs else { return learningRate }
      let passed = Double(epoch) + Double(batch) / count - warmupEpochs
      let part = min(1, max(0, passed / max(Double(cosineEpochs) - warmupEpochs, 1e-9)))
      return learningRate * (1 + Elementary.cosine(turns: part / 2)) / 2
    }
  }
}
