import MLA
import Methods
import Networks
import Tensors

/// The factors of a turn's gradient, `D'H`, and those of the turn after it: features come ahead.
public final class HeadFactors {
  /// The factors of one turn.
  public final class Slot {
    /// H, `[n, D]`.
    public let features: Tensor
    /// D, `[n, K]`.
    public let logitGradient: Tensor
    /// The mean of H, `[D]`.
    let meanFeature: Buffer<Double>
    /// What P makes of H; nil without head gradient modification.
    let image: FeatureImage?
    /// The turn whose features are prepared here and not yet used.
    var turn: Turn?

    init(classCount: Int, featureCount: Int, batchSize: Int, projection: HeadProjection?) {
      features = Tensor([featureCount], capacity: batchSize)
      logitGradient = Tensor([classCount], capacity: batchSize)
      meanFeature = Buffer(featureCount)
      image = projection.map { FeatureImage($0, batchSize: batchSize) }
    }

    /// The Frobenius norm of `D'H`, with the bias's `D'1` on request, from `[n, n]` products alone:
    /// `|D'H|^2` is the sum of `(D D') * (H H')`, element by element.
    func gradientNorm(withBias: Bool) -> Double {
      let n = features.count
      func gram(_ rows: Tensor) -> Buffer<Float> {
        let gram = Buffer<Float>(n * n)
        BLAS.multiply(
          rows.held, transposed: false, rows.held, transposed: true, into: gram, m: n, n: n,
          k: rows.stride)
        return gram
      }
      let (d, h) = (gram(logitGradient), gram(features))
      let one = withBias ? 1.0 : 0
      let squares = (0..<n * n).reduce(0.0) { $0 + Double(d[$1]) * (Double(h[$1]) + one) }
      return max(0, squares).squareRoot()
    }
  }

  private let slots: [Slot]
  /// The slot of the last turn that moved the head.
  private(set) var last: Slot?

  /// Room for two turns of at most `batchSize` samples each.
  init(classCount: Int, featureCount: Int, batchSize: Int, projection: HeadProjection?) {
    slots = (0..<2).map { _ in
      Slot(
        classCount: classCount, featureCount: featureCount, batchSize: batchSize,
        projection: projection)
    }
  }

  /// The slot of a turn: the one that has its features, or else one that is free.
  public subscript(turn: Turn) -> Slot {
    if let prepared = slots.first(where: { $0.turn == turn }) { return prepared }
    guard
      let free = slots.first(where: { $0.turn == nil && $0 !== last })
        ?? slots.first(where: { $0.turn == nil })
    else { preconditionFailure("no slot is free for the features of turn \(turn.index)") }
    return free
  }

  /// Whether the features of a turn are prepared.
  func has(_ turn: Turn) -> Bool { slots.contains { $0.turn == turn } }

  /// Lets what is prepared follow P, which has learned from `turn`.
  func follow(_ turn: Turn, by projection: HeadProjection) {
    for slot in slots where slot.turn != nil { slot.image?.follow(turn, by: projection) }
  }

  /// Gives the slot of a turn that has moved the head back.
  func finish(_ slot: Slot) {
    slot.turn = nil
    last = slot
  }

  /// Forgets the features of a turn that was left out.
  func drop(_ turn: Turn) {
    for slot in slots where slot.turn == turn { slot.turn = nil }
  }
}
