/// An optimizer alone: the steps of a rank whose encoder no other rank has.
public final class OwnStep: EncoderStep {
  /// What moves the encoder.
  public let optimizer: Optimizer

  private let store: ParameterStore
  /// How the norm of gradients is summed; nil: as the optimizer does.
  private let chunks: GradientChunks?
  private var learningRate = 0.0

  /// Steps of `optimizer`, which moves `store`.
  ///
  /// - Parameter sumsChunks: whether the norm for clipping is summed in the order of `GradientChunks`.
  public init(_ optimizer: Optimizer, for store: ParameterStore, sumsChunks: Bool = false) {
    self.optimizer = optimizer
    self.store = store
    chunks = sumsChunks ? GradientChunks(store) : nil
  }

  /// Begins a step; see `EncoderStep`.
  public func begin(learningRate: Double) {
    self.learningRate = learningRate
    if store.gradientMemory == .shared { optimizer.begin() }
  }

  /// Moves the values of `range`, where nobody wants to see all gradients first.
  public func complete(_ range: Range<Int>) {
    if store.gradientMemory == .shared { optimizer.move(range, learningRate: learningRate) }
  }

  /// Ends the step; see `EncoderStep`.
  public func finish() -> Range<Int>? {
    guard store.gradientMemory == .whole else { return optimizer.nonfinite }
    if chunks != nil, optimizer.options.clipNorm != nil { _ = checkGradients() }
    optimizer.step(learningRate: learningRate)
    return optimizer.nonfinite
  }

  /// Nothing: the values are those after the last step.
  public func settle() {}

  /// Whether all gradients, all of which the store holds, are finite: for whoever must know it before a step.
  public func checkGradients() -> Bool {
    optimizer.checkGradients(squares: chunks?.sumOfSquares(store))
  }
}
