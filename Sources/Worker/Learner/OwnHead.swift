import Networks
import Tensors

/// A head, or a slice of one, that a worker trains itself: the methods without a shared head.
public final class OwnHead {
  /// The head.
  public let head: Head
  /// The logits of the last forward pass, `[n, K]`.
  let logits: Tensor
  /// The gradient of the loss with respect to them, for `backward`.
  let logitGradient: Tensor

  private let optimizer: Optimizer
  private let learningRateScale: Double
  private let trainsBias: Bool
  private let moves: Bool
  private let featureGradient: Tensor

  /// A trainer of `head` for mini-batches of at most `batchSize` samples.
  ///
  /// - Parameters:
  ///   - trainsBias: false where the coordinator holds the one bias of all modalities.
  ///   - moves: false where the coordinator holds the head, and moves it.
  public init(
    _ head: Head, batchSize: Int, options: OptimizerOptions, learningRateScale: Double,
    trainsBias: Bool = true, moves: Bool = true
  ) {
    self.head = head
    self.learningRateScale = learningRateScale
    self.trainsBias = trainsBias
    self.moves = moves
    optimizer = Optimizer(options.ofHead, for: head.store)
    logits = Tensor([head.classCount], capacity: batchSize)
    logitGradient = Tensor([head.classCount], capacity: batchSize)
    featureGradient = Tensor([head.featureCount], capacity: batchSize)
  }

  /// A trainer on a rank, of a head drawn from the run's seed.
  ///
  /// - Parameters:
  ///   - stream: what the stream of its first weights is called, beside the modality.
  ///   - fanIn: what the deviation of its first weights follows from.
  ///   - trainsBias: false where the coordinator holds the one bias of all modalities.
  public convenience init(
    on rank: WorkerRank, stream: String = "head", fanIn: Int, trainsBias: Bool = true
  ) {
    let run = rank.configuration
    var generator = SeededGenerator(
      seed: run.seed, stream: "\(stream)/\(run.modalities[rank.modality].name)")
    let head = Head(
      classCount: run.classes.count, featureCount: run.features, initialFanIn: fanIn,
      generator: &generator)
    self.init(
      head, batchSize: rank.batchSize, options: rank.learner.options,
      learningRateScale: run.headLearningRateScale, trainsBias: trainsBias)
  }

  /// The head with what moves it.
  var state: [NamedState] { head.state + optimizer.state.named(in: "optimizer.") }

  func forward(_ features: Tensor) {
    head.logits(features, into: logits)
  }

  /// Finds the head's gradients by `logitGradient`, and moves nothing; returns the gradient with respect
  /// to the features, `[n, D]`; nil where one of the head's is infinite or not a number.
  func backward(_ features: Tensor) -> Tensor? {
    head.gradient(logitGradient: logitGradient, features: features)
    if !trainsBias { head.bias.gradients.update(repeating: 0) }
    guard optimizer.checkGradients() else { return nil }
    head.featureGradient(logitGradient: logitGradient, into: featureGradient)
    return featureGradient
  }

  /// Moves the head along them.
  func move(learningRate: Double) {
    if moves { optimizer.step(learningRate: learningRate * learningRateScale) }
  }
}
