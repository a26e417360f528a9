import Tensors

/// What moves the parameters of a network: one of the rules, with clipping and decay exemptions.
public final class Optimizer {
  /// What the rule is told.
  public let options: OptimizerOptions

  /// The rule with its memory.
  private enum Rule {
    case sgd(SGD)
    case adam(Adam)
  }

  /// The first values whose gradients were infinite or not a number in the last step; nil: none were.
  /// What the step moved is spoilt then.
  public private(set) var nonfinite: Range<Int>?

  /// The sum of squares of the store's gradients, where `checkGradients` has found it.
  private var knownSquares: Double?

  private let rule: Rule
  private let store: ParameterStore
  private let ranges: [(range: Range<Int>, weightDecay: Double)]

  /// An optimizer at rest for the parameters of `store`, which keeps as much of the gradients as
  /// `OptimizerOptions.gradientMemory` says, or more.
  public init(_ options: OptimizerOptions, for store: ParameterStore) {
    precondition(
      options.clipNorm == nil || store.gradientMemory == .whole, "clipping needs all gradients")
    self.options = options
    self.store = store
    rule =
      switch options.kind {
      case .sgd: .sgd(SGD(count: store.count))
      case .adam, .adamw: .adam(Adam(count: store.count))
      }
    ranges =
      switch options.decayExemption {
      case .nothing: [(0..<store.count, options.weightDecay)]
      case .vectors: store.decayRanges.map { ($0.range, $0.decays ? options.weightDecay : 0) }
      }
  }

  /// What later steps depend on, in the order of the store's values: the `velocity` of SGD; Adam's
  /// `mean`, its `mean_square`, and `steps`, the number of steps taken.
  public var state: [NamedState] {
    switch rule {
    case .sgd(let sgd): [NamedState("velocity", [store.count], sgd.velocity)]
    case .adam(let adam):
      [
        NamedState("mean", [store.count], adam.mean),
        NamedState("mean_square", [store.count], adam.meanSquare),
        NamedState("steps", [Int64(adam.stepCount)]) { adam.stepCount = Int($0[0]) },
      ]
    }
  }

  /// The velocity of SGD, or Adam's mean gradient, in the order of the store's values.
  public var velocity: Buffer<Float> {
    switch rule {
    case .sgd(let sgd): sgd.velocity
    case .adam(let adam): adam.mean
    }
  }

  /// One step along the store's gradients, all of which it holds; clipping may scale them. Returns
  /// their norm before that, or nil without clipping.
  @discardableResult
  public func step(learningRate: Double) -> Double? {
    let norm = clip()
    begin()
    move(0..<store.count, learningRate: learningRate)
    return norm
  }

  /// One step along `gradients` of all values in place of the store's, such as projected ones,
  /// without clipping.
  public func step(along gradients: Buffer<Float>, learningRate: Double) {
    begin()
    for (range, weightDecay) in ranges {
      move(
        range, along: gradients[range], learningRate: learningRate, weightDecay: weightDecay)
    }
  }

  /// The backward pass of `encoder`, whose store this optimizer moves, and one step: layer by layer
  /// on the way where gradients share their memory. The result is the same, bit for bit.
  @discardableResult
  public func step(
    _ encoder: Encoder, along featureGradient: Tensor, learningRate: Double
  ) -> Double? {
    precondition(encoder.store === store, "another encoder's optimizer")
    guard store.gradientMemory == .shared else {
      encoder.backward(featureGradient)
      return step(learningRate: learningRate)
    }
    begin()
    encoder.backward(featureGradient) { move($0, learningRate: learningRate) }
    return nil
  }

  /// One step with gradients of zero, which the store then holds: decay and momentum go on. (What
  /// the optimizers of PyTorch before 2.0 did to parameters without a gradient.)
  public func stepWithoutGradient(learningRate: Double) {
    begin()
    for range in store.layerRanges where !range.isEmpty {
      Elementwise.clear(store.gradients(of: range))
      move(range, learningRate: learningRate)
    }
  }

  /// Begins a step that `move` takes range by range, without clipping.
  public func begin() {
    nonfinite = nil
    if case .adam(let adam) = rule { adam.begin() }
  }

  /// The part of a step that moves the values of `range`, which the store holds the gradients of.
  public func move(_ range: Range<Int>, learningRate: Double) {
    for (alike, weightDecay) in ranges where alike.overlaps(range) {
      let part = alike.clamped(to: range)
      move(
        part, along: store.gradients(of: part), learningRate: learningRate,
        weightDecay: weightDecay)
    }
  }

  /// The first half of a step of gradient descent: velocities take up decay and the store's
  /// gradients. `apply` is the second half.
  public func accumulate() {
    guard case .sgd(let sgd) = rule else { preconditionFailure("Adam has no velocity") }
    for (range, weightDecay) in ranges {
      sgd.accumulate(
        store.values, along: store.gradients(of: range), range: range,
        momentum: Float(options.momentum), weightDecay: Float(weightDecay))
    }
  }

  /// The second half of a step of gradient descent, along the velocity or what was made of it.
  public func apply(_ direction: Buffer<Float>, learningRate: Double) {
    guard case .sgd(let sgd) = rule else { preconditionFailure("Adam has no velocity") }
    sgd.apply(direction, to: store.values, learningRate: Float(learningRate))
  }

  private func move(
    _ range: Range<Int>, along gradients: Buffer<Float>, learningRate: Double,
    weightDecay: Double
  ) {
    let areFinite =
      switch rule {
      case .sgd(let sgd):
        sgd.move(
          store.values, along: gradients, range: range, learningRate: Float(learningRate),
          momentum: Float(options.momentum), weightDecay: Float(weightDecay),
          isNesterov: options.isNesterov)
      case .adam(let adam):
        adam.move(
          store.values, along: gradients, range: range, learningRate: learningRate,
          weightDecay: weightDecay, options: options)
      }
    if !areFinite, nonfinite == nil { nonfinite = range }
  }

  /// Whether all of the store's gradients, all of which it holds, are finite: for whoever must know it
  /// before a step. Clipping then needs no pass of its own.
  public func checkGradients() -> Bool {
    let squares = Elementwise.sumOfSquares(store.gradients)
    knownSquares = squares
    return squares.isFinite
  }

  /// PyTorch's `clip_grad_norm_`: one norm of all gradients, and one factor for all. Returns the norm
  /// before that, or nil without clipping.
  @discardableResult
  public func clip() -> Double? {
    defer { knownSquares = nil }
    guard let largest = options.clipNorm else { return nil }
    let norm = (knownSquares ?? Elementwise.sumOfSquares(store.gradients)).squareRoot()
    let factor = largest / (norm + 1e-6)
    if factor < 1 { Elementwise.scale(store.gradients, by: Float(factor)) }
    return norm
  }
}
