import Tensors

/// What moves the parameters of a network: one of the rules, with clipping, decay exemptions, and rates
/// by layer. What is frozen has no part in anything.
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
  private let ranges: [(range: Range<Int>, weightDecay: Double, rate: Double)]
  /// The store's values that move: what the rules see.
  private let values: Buffer<Float>

  /// An optimizer at rest for the parameters of `store`, which keeps as much of the gradients as
  /// `OptimizerOptions.gradientMemory` says, or more. What it remembers is in `memory`.
  public init(
    _ options: OptimizerOptions, for store: ParameterStore, memory: ParameterMemory = .own
  ) {
    precondition(
      options.clipNorm == nil || store.gradientMemory == .whole, "clipping needs all gradients")
    self.options = options
    self.store = store
    values = store.values[store.moving]
    rule =
      switch options.kind {
      case .sgd: .sgd(SGD(count: values.count, memory: memory))
      case .adam, .adamw: .adam(Adam(count: values.count, memory: memory))
      }
    let isExempt = options.decayExemption == .vectors
    ranges = store.rules.reduce(into: []) { ranges, rule in
      let weightDecay = isExempt && !rule.decays ? 0 : options.weightDecay
      if let last = ranges.last, last.weightDecay == weightDecay, last.rate == rule.rate {
        ranges[ranges.count - 1].range = last.range.lowerBound..<rule.range.upperBound
      } else {
        ranges.append((rule.range, weightDecay, rule.rate))
      }
    }
  }

  /// What later steps depend on, in the order of the store's values that move: the `velocity` of SGD;
  /// Adam's `mean`, its `mean_square`, and `steps`, the number of steps taken.
  public var state: [NamedState] {
    // Nothing is to be said where nothing moves.
    guard values.count > 0 else { return [] }
    return switch rule {
    case .sgd(let sgd): [NamedState("velocity", [values.count], sgd.velocity)]
    case .adam(let adam):
      [
        NamedState("mean", [values.count], adam.mean),
        NamedState("mean_square", [values.count], adam.meanSquare),
        NamedState("steps", [Int64(adam.stepCount)]) { adam.stepCount = Int($0[0]) },
      ]
    }
  }

  /// The velocity of SGD, or Adam's mean gradient, in the order of the store's values that move.
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
    move(store.moving, learningRate: learningRate)
    return norm
  }

  /// One step along `gradients` of all values that move in place of the store's, such as projected ones,
  /// without clipping.
  public func step(along gradients: Buffer<Float>, learningRate: Double) {
    begin()
    for (range, weightDecay, rate) in ranges {
      move(
        range, along: gradients[place(of: range)], learningRate: rate * learningRate,
        weightDecay: weightDecay)
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
      return Trace.span("step") { step(learningRate: learningRate) }
    }
    begin()
    encoder.backward(featureGradient) { move($0, learningRate: learningRate) }
    return nil
  }

  /// One step with gradients of zero, which the store then holds: decay and momentum go on. (What
  /// the optimizers of PyTorch before 2.0 did to parameters without a gradient.)
  public func stepWithoutGradient(learningRate: Double) {
    begin()
    for range in store.movingLayers {
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
    move(range, along: store.gradients(of: range), learningRate: learningRate)
  }

  /// The same along `gradients`, which are those of the range alone.
  public func move(_ range: Range<Int>, along gradients: Buffer<Float>, learningRate: Double) {
    for (alike, weightDecay, rate) in ranges where alike.overlaps(range) {
      let part = alike.clamped(to: range)
      let first = part.lowerBound - range.lowerBound
      move(
        part, along: gradients[first..<first + part.count], learningRate: rate * learningRate,
        weightDecay: weightDecay)
    }
  }

  /// The first half of a step of gradient descent: velocities take up decay and the store's
  /// gradients. `apply` is the second half.
  public func accumulate() {
    guard case .sgd(let sgd) = rule else { preconditionFailure("Adam has no velocity") }
    for (range, weightDecay, _) in ranges {
      sgd.accumulate(
        values, along: store.gradients(of: range), range: place(of: range),
        momentum: Float(options.momentum), weightDecay: Float(weightDecay))
    }
  }

  /// The second half of a step of gradient descent, along the velocity or what was made of it: at one
  /// rate for all.
  public func apply(_ direction: Buffer<Float>, learningRate: Double) {
    guard case .sgd(let sgd) = rule else { preconditionFailure("Adam has no velocity") }
    sgd.apply(direction, to: values, learningRate: Float(learningRate))
  }

  /// Where a range of the store's values is among those that move.
  private func place(of range: Range<Int>) -> Range<Int> {
    range.lowerBound - store.moving.lowerBound..<range.upperBound - store.moving.lowerBound
  }

  private func move(
    _ range: Range<Int>, along gradients: Buffer<Float>, learningRate: Double,
    weightDecay: Double
  ) {
    let areFinite =
      switch rule {
      case .sgd(let sgd):
        sgd.move(
          values, along: gradients, range: place(of: range), learningRate: Float(learningRate),
          momentum: Float(options.momentum), weightDecay: Float(weightDecay),
          isNesterov: options.isNesterov)
      case .adam(let adam):
        adam.move(
          values, along: gradients, range: place(of: range), learningRate: learningRate,
          weightDecay: weightDecay, options: options)
      }
    if !areFinite, nonfinite == nil { nonfinite = range }
  }

  /// Whether all of the store's gradients, all of which it holds, are finite: for whoever must know it
  /// before a step. Clipping then needs no pass of its own.
  ///
  /// - Parameter squares: the sum of their squares, where it is to be summed in another order; nil: in the
  ///   optimizer's own.
  public func checkGradients(squares known: Double? = nil) -> Bool {
    let squares = known ?? Elementwise.sumOfSquares(store.gradients)
    knownSquares = squares
    return squares.isFinite
  }

  /// PyTorch's `clip_grad_norm_`: one norm of all gradients of what moves, and one factor for all.
  /// Returns the norm before that, or nil without clipping.
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
