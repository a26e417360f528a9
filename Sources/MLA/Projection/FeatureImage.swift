import CKernels
import Tensors

/// What a modality's projector makes of the features of a turn, `Y = H P'`, kept up to date as P learns.
public final class FeatureImage {
  /// `[n, D]` of Y, rounded to float32 once; see `HeadProjection.round`.
  public let features: Buffer<Float>
  /// `[n]`: what becomes of the constant 1 that stands for the bias; empty without the bias.
  public let bias: Buffer<Float>

  private let featureCount: Int
  private let size: Int
  private var modality = 0
  private var rows = 0
  /// H, Y and room for what an absorption adds to it: `[n, size]`.
  private let wide: Buffer<Double>
  private let image: Buffer<Double>
  private let product: Buffer<Double>

  /// Room for the features of at most `batchSize` samples.
  public init(_ projection: HeadProjection, batchSize: Int) {
    featureCount = projection.featureCount
    size = featureCount + (projection.options.includesBias ? 1 : 0)
    features = Buffer(batchSize * featureCount)
    bias = Buffer(projection.options.includesBias ? batchSize : 0)
    wide = Buffer(batchSize * size)
    image = Buffer(batchSize * size)
    product = Buffer(batchSize * size)
  }

  /// Begins with `features`, `[rows, D]`, of a turn of `modality`, by P as it is now.
  public func begin(
    _ features: Buffer<Float>, rows: Int, modality: Int, by projection: HeadProjection
  ) {
    precondition(features.count == rows * featureCount && rows * size <= wide.count)
    self.rows = rows
    self.modality = modality
    if size == featureCount {
      projector_widen(features.pointer, wide.pointer, features.count)
    } else {
      for row in 0..<rows {
        projector_widen(
          features[row * featureCount..<(row + 1) * featureCount].pointer,
          wide[row * size..<(row + 1) * size].pointer, featureCount)
        wide[(row + 1) * size - 1] = 1
      }
    }
    let count = rows * size
    projection.projector(of: modality).image(of: wide[0..<count], into: image[0..<count])
  }

  /// Follows P, which has just learned from `turn`.
  public func follow(_ turn: Turn, by projection: HeadProjection) {
    if projection.options.memory == .others && turn.modality == modality { return }
    let count = rows * size
    projection.projector(of: modality).follow(
      image[0..<count], of: wide[0..<count], product: product)
  }

  /// Rounds Y, or `H + Y` where projections are added, to `features` and `bias`.
  public func round(_ combination: HeadGradientModification.Combination) {
    let shift = combination == .add ? 1.0 : 0
    guard size > featureCount else {
      return projector_round(
        image.pointer, wide.pointer, 1, shift, features.pointer, rows * featureCount)
    }
    for row in 0..<rows {
      let (first, last) = (row * size, (row + 1) * size)
      projector_round(
        image[first..<last].pointer, wide[first..<last].pointer, 1, shift,
        features[row * featureCount..<(row + 1) * featureCount].pointer, featureCount)
      bias[row] = Float(image[last - 1] + shift * wide[last - 1])
    }
  }
}
