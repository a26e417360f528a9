import MLA
import Networks
import Tensors

extension SharedHead {
  /// Whether the features of a turn may be prepared while the one before it is under way: then they follow what
  /// P learns from that turn.
  ///
  /// No number may depend on when features come, or on where a run was interrupted: so the first turn of a cycle
  /// begins with P as it is then, as does a turn after one without samples. With `absorb_first` P learns
  /// before it projects.
  func canPrepare(_ turn: Turn, ahead: Turn) -> Bool {
    turn.index == ahead.index + 1 && turn.cycle == ahead.cycle && options.order == .projectFirst
  }

  /// Takes the features of a turn, which are in its slot of `factors`, through P as it is now.
  public func prepare(_ turn: Turn) {
    guard let slot = factors?[turn] else { return }
    slot.turn = turn
    MeanFeature.compute(slot.features, into: slot.meanFeature)
    guard let projection, let image = slot.image else { return }
    image.begin(
      slot.features.held, rows: slot.features.count, modality: turn.modality, by: projection)
  }

  /// The step along `D'Y`, or along the plain `D'H`, after clipping D by the norm of `D'H`.
  func stepAlongFactors(of turn: Turn, isProjected: Bool) {
    guard let factors else { return }
    let slot = factors[turn]
    precondition(slot.turn == turn, "the features of turn \(turn.index) are not prepared")
    if let largest = optimizer.options.clipNorm {
      let factor = largest / (slot.gradientNorm(withBias: true) + 1e-6)
      if factor < 1 {
        let gradient = slot.logitGradient.held
        for place in 0..<gradient.count { gradient[place] *= Float(factor) }
      }
    }
    let bias = weights.upperBound..<head.store.count
    let rows = slot.features.count
    var features = slot.features.held
    let image = isProjected ? slot.image : nil
    if let image {
      image.round(options.combination)
      features = image.features[0..<rows * head.featureCount]
    }
    head.gradient(
      logitGradient: slot.logitGradient, features: features, intoWeight: step[weights],
      intoBias: step[bias])
    if let image, options.includesBias {
      BLAS.multiply(
        slot.logitGradient.held, transposed: true, image.bias[0..<rows], into: step[bias],
        m: head.classCount, n: 1, k: rows)
    }
    factors.finish(slot)
  }

  /// Forms the gradient of the last turn where only its factors came: for whoever looks at it.
  func formGradient() {
    guard let slot = factors?.last else { return }
    head.gradient(logitGradient: slot.logitGradient, features: slot.features)
  }

  /// The gradient of the last turn's loss with respect to the weights, `[K, D]`, after clipping.
  public var weightGradient: Buffer<Float> {
    formGradient()
    return head.weight.gradients
  }

  /// The norm of what `weightStep` was before it was projected.
  var unprojectedWeightNorm: Double {
    factors?.last?.gradientNorm(withBias: false) ?? BLAS.norm(unprojectedWeightStep)
  }
}
