import CKernels
import Tensors

// Features of a turn that came ahead of it, and what P makes of them: a gradient that is a product, `G = D'H`,
// is projected by projecting its factor H, `G P = D'(H P)`, which is known before D is.

extension GradientProjector {
  /// What an absorption made of P: `factor * (kept * P + leaked * I + coefficient * q q')`.
  struct Change {
    var kept = 1.0
    var leaked = 0.0
    /// q, `[size]`, until the next absorption; without one there was nothing to learn.
    var direction: Buffer<Double>?
    var coefficient = 0.0
    var factor = 1.0
  }

  /// `image = features * P'`.
  ///
  /// - Parameters:
  ///   - features: `[rows, size]`.
  ///   - image: `[rows, size]`.
  func image(of features: Buffer<Double>, into image: Buffer<Double>) {
    precondition(features.count == image.count && image.count.isMultiple(of: size))
    multiply(features, rows: features.count / size, into: image)
    _ = projector_shift(image.pointer, features.pointer, scale, shift, image.count)
  }

  /// Makes the image of features by the P of before the last absorption that by the P of now: some
  /// `4 * rows * size` operations instead of `2 * rows * size * size`.
  ///
  /// - Parameter product: `[rows, size]`; what it holds is lost.
  /// - Precondition: recursive least squares, whose change is that of one direction.
  func follow(
    _ image: Buffer<Double>, of features: Buffer<Double>, product: Buffer<Double>
  ) {
    let change = lastChange
    let count = image.count
    _ = projector_shift(image.pointer, features.pointer, change.kept, change.leaked, count)
    guard let q = change.direction else { return }
    withUnsafePointer(to: change.coefficient) { coefficient in
      projector_factored_product(
        q.pointer, coefficient, 1, size, features.pointer, count / size, product.pointer)
    }
    _ = projector_shift(image.pointer, product.pointer, change.factor, change.factor, count)
  }
}
