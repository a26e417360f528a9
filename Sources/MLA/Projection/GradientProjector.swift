import CKernels
import Tensors

/// The matrix P of head gradient modification: what is left of a gradient once the directions that
/// earlier turns used are damped.
///
/// P is `[size, size]` in float64 and starts as the identity. It is `shift * I + scale * M`:
/// - while few features were absorbed, M is a sum of outer products and never formed, because then
///   a projection costs `4 * rows * size * rank` operations instead of `2 * rows * size * size`;
/// - beyond `largestRank` of them, M is a matrix, of which only the upper triangle is touched: P
///   is symmetric bit for bit, there is nothing to symmetrise.
///
/// Leak and normalisation change the two scalars alone, and the next absorption folds them into the
/// one pass it makes over M anyway. The same pass sums squares and trace, so that norms are free.
///
/// Section 3.2 of arXiv 2311.10707, with the closed form `P = (I + sum h h' / lambda)^-1` as long
/// as nothing leaks and nothing is normalised.
public final class GradientProjector {
  /// The number of rows and of columns.
  public let size: Int

  /// The rank up to which M stays a sum of outer products.
  ///
  /// From about 0.45 times the size on the matrix is cheaper, with few classes as with many. The
  /// default stays a little below it, because the factors are memory too.
  public let largestRank: Int

  /// Whether M is a matrix now.
  public private(set) var isDense = false

  /// The number of outer products in M while it is not a matrix.
  public private(set) var rank = 0

  private(set) var shift = 1.0
  private(set) var scale = -1.0
  /// The sum of all squared entries of M, and its trace.
  private var squares = 0.0
  private var trace = 0.0
  /// False from the first historical absorption to the next reset: then all of M counts.
  private var isSymmetric = true
  /// What the last absorption of recursive least squares did to P.
  private(set) var lastChange = Change()

  /// `[largestRank, size]`, and one coefficient each: `M = u' * diag(c) * u`.
  private let factors: Buffer<Double>
  private let coefficients: Buffer<Double>
  /// M as a matrix, from the first time it is one.
  private var dense: Buffer<Double>?
  /// `[size]`, where the image of a feature is worked out while M is a matrix.
  private let image: Buffer<Double>
  private let workspace: ProjectionWorkspace

  /// A projector that is the identity.
  ///
  /// Projectors that are used one after the other may share a workspace.
  public init(
    size: Int, largestRank: Int? = nil, workspace: ProjectionWorkspace = ProjectionWorkspace()
  ) {
    precondition(size > 0)
    self.size = size
    self.largestRank = min(max(0, largestRank ?? size * 3 / 8), size)
    self.workspace = workspace
    factors = Buffer(self.largestRank * size)
    coefficients = Buffer(self.largestRank)
    image = Buffer(size)
  }

  /// Takes all memory that it will ever take, for gradients of `rows` rows and so many absorptions from
  /// one reset to the next, within a `MemoryPlan`.
  func reserve(rows: Int, absorptions: Int) {
    if absorptions > largestRank { becomeDense() }
    workspace.reserve(rows * size)
  }

  /// Makes P the identity again.
  public func reset() {
    isDense = false
    isSymmetric = true
    rank = 0
    shift = 1
    scale = -1
    squares = 0
    trace = 0
  }

  /// `result = gradient * P'`, or `gradient + gradient * P'`, in float64 and rounded once.
  ///
  /// - Parameters:
  ///   - gradient: `[classes, size]`, of any number of classes.
  ///   - result: `[classes, size]`; may be the gradient itself.
  ///   - add: whether the gradient is added to its projection.
  public func project(_ gradient: Buffer<Float>, into result: Buffer<Float>, add: Bool = false) {
    let count = gradient.count
    precondition(result.count == count && count.isMultiple(of: size))
    workspace.reserve(count)
    let (wide, product) = (workspace.gradient, workspace.product)
    projector_widen(gradient.pointer, wide.pointer, count)
    multiply(wide, rows: count / size, into: product)
    projector_round(
      product.pointer, wide.pointer, scale, add ? shift + 1 : shift, result.pointer, count)
  }

  /// `P <- (1 - f) P + f I`, then the rank-one change that damps the direction of a mean feature,
  /// then the normalisation.
  ///
  /// - Parameters:
  ///   - meanFeature: `h`, `[size]`.
  ///   - lambda: the damping, above 0.
  ///   - forget: the leak f, `0 <= f < 1`.
  ///   - formula: what the change `q q'` with `q = P h` is divided by.
  ///   - normalisation: what is done to P afterwards.
  /// - Returns: false if `h' P h` is not a positive number, so that there is nothing to learn (or P
  ///   is damaged): P has leaked, and no more. It is never clamped, which would make P blow up.
  ///   The historical formula knows no such check.
  /// - Precondition: between two resets there is only one formula.
  @discardableResult
  public func absorb(
    _ meanFeature: Buffer<Double>, lambda: Double, forget: Double,
    formula: HeadGradientModification.Formula = .rls,
    normalisation: HeadGradientModification.Normalisation = .none
  ) -> Bool {
    precondition(meanFeature.count == size)
    lastChange = Change(kept: 1 - forget, leaked: forget)
    if forget > 0 {
      scale *= 1 - forget
      shift = (1 - forget) * shift + forget
    }
    switch formula {
    case .rls:
      guard absorbSymmetric(meanFeature, lambda: lambda) else { return false }
    case .outer:
      absorbOuter(meanFeature, lambda: lambda)
    }
    switch normalisation {
    case .none: break
    case .frobenius: multiply(by: 1 / frobeniusNorm)
    case .trace: multiply(by: Double(size) / (shift * Double(size) + scale * trace))
    }
    return true
  }

  /// The Frobenius norm of P, from sums that the absorptions left behind.
  public var frobeniusNorm: Double {
    let cross = 2 * shift * scale * trace
    let sum = scale * scale * squares + cross + shift * shift * Double(size)
    return sum < 0 ? 0 : sum.squareRoot()
  }

  /// A copy of P, `[size, size]`.
  public var matrix: [Double] {
    var result = [Double](repeating: 0, count: size * size)
    result.withUnsafeMutableBufferPointer { buffer in
      guard let p = buffer.baseAddress else { return }
      if isDense, let dense {
        p.update(from: dense.pointer, count: size * size)
      } else {
        projector_symmetric_expand(p, size, factors.pointer, coefficients.pointer, rank)
      }
      for i in 0..<size {
        for j in 0..<size {
          let isMirrored = isSymmetric && j < i
          p[i * size + j] =
            isMirrored ? p[j * size + i] : scale * p[i * size + j] + (i == j ? shift : 0)
        }
      }
    }
    return result
  }

  /// What P is made of, for a projector of the same size to go on with bit for bit, whatever it was
  /// before: `form` (whether M is a matrix, its rank while it is not, whether it is symmetric),
  /// `scalars`, `factors` and `coefficients` as far as they are in use, and `matrix`, which has no
  /// rows while M is not one.
  public var state: [NamedState] {
    let matrix = isDense ? dense : nil
    let (size, largestRank) = (size, largestRank)
    return [
      NamedState("form", [isDense ? 1 : 0, Int64(rank), isSymmetric ? 1 : 0]) { form in
        precondition(0...largestRank ~= Int(form[1]), "a rank of \(form[1])")
        (self.isDense, self.rank, self.isSymmetric) = (form[0] != 0, Int(form[1]), form[2] != 0)
      },
      NamedState("scalars", [shift, scale, squares, trace]) {
        (self.shift, self.scale, self.squares, self.trace) = ($0[0], $0[1], $0[2], $0[3])
      },
      NamedState("factors", [rank, size], factors[0..<rank * size]) {
        $0.rank == 2 && $0[0] <= largestRank && $0[1] == size
      } make: {
        self.factors[0..<$0]
      },
      NamedState("coefficients", [rank], coefficients[0..<rank]) {
        $0.rank == 1 && $0[0] <= largestRank
      } make: {
        self.coefficients[0..<$0]
      },
      NamedState("matrix", [matrix == nil ? 0 : size, size], matrix ?? Buffer(0)) {
        $0 == [0, size] || $0 == [size, size]
      } make: { count in
        guard count > 0 else { return Buffer(0) }
        let matrix = self.dense ?? Buffer(count)
        self.dense = matrix
        return matrix
      },
    ]
  }

  // MARK: -

  /// `product = x * M'`.
  func multiply(_ x: Buffer<Double>, rows: Int, into product: Buffer<Double>) {
    guard isDense, let dense else {
      projector_factored_product(
        factors.pointer, coefficients.pointer, rank, size, x.pointer, rows, product.pointer)
      return
    }
    if !isSymmetric {
      BLAS.multiply(x, dense, into: product, m: rows, n: size, k: size, transposeB: true)
    } else if rows <= 32 {
      // BLAS mirrors the whole matrix first, which pays from about 40 rows on.
      projector_symmetric_product(dense.pointer, size, x.pointer, rows, product.pointer)
    } else {
      BLAS.multiply(x, symmetric: dense, into: product, m: rows, n: size)
    }
  }

  private func multiply(by factor: Double) {
    shift *= factor
    scale *= factor
    lastChange.factor = factor
  }

  private func absorbSymmetric(_ h: Buffer<Double>, lambda: Double) -> Bool {
    precondition(isSymmetric, "recursive least squares on a P of the historical formula")
    if !isDense && rank == largestRank { becomeDense() }
    let q = isDense ? image : factors[rank * size..<(rank + 1) * size]
    multiply(h, rows: 1, into: q)
    let curvature = projector_shift(q.pointer, h.pointer, scale, shift, size)
    guard curvature.isFinite && curvature > 0 else { return false }
    let denominator = lambda + curvature
    lastChange.direction = q
    lastChange.coefficient = -1 / denominator
    if isDense, let dense {
      projector_symmetric_update(
        dense.pointer, size, q.pointer, scale, shift, denominator, &squares, &trace)
      scale = 1
      shift = 0
    } else {
      foldScale()
      append(coefficient: 1 / denominator)
    }
    return true
  }

  /// Takes q, which stands after the last factor, as one more of them.
  private func append(coefficient: Double) {
    let u = factors.pointer
    var length = 0.0
    let overlap = projector_overlap(u, coefficients.pointer, rank, size, u + rank * size, &length)
    coefficients[rank] = coefficient
    rank += 1
    // |M + c q q'|^2 = |M|^2 + 2 c q' M q + (c |q|^2)^2
    let added = coefficient * length
    squares += 2 * coefficient * overlap + added * added
    trace += added
  }

  /// Makes the scale of M minus one by scaling its coefficients.
  private func foldScale() {
    guard scale != -1 else { return }
    for index in 0..<rank { coefficients[index] *= -scale }
    squares *= scale * scale
    trace *= -scale
    scale = -1
  }

  private func absorbOuter(_ h: Buffer<Double>, lambda: Double) {
    if isSymmetric {
      precondition(
        rank == 0 && !isDense, "the historical formula on a P of recursive least squares")
      becomeDense()
      isSymmetric = false
    }
    guard let dense else { return }
    multiply(h, rows: 1, into: image)
    _ = projector_shift(image.pointer, h.pointer, scale, shift, size)
    projector_outer_update(
      dense.pointer, size, image.pointer, h.pointer, scale, shift, lambda, &squares, &trace)
    scale = 1
    shift = 0
  }

  /// Turns the sum of outer products into the matrix it stands for.
  private func becomeDense() {
    let matrix = dense ?? Buffer(size * size)
    if rank == 0 {
      matrix.update(repeating: 0)
    } else {
      projector_symmetric_expand(
        matrix.pointer, size, factors.pointer, coefficients.pointer, rank)
    }
    dense = matrix
    isDense = true
    rank = 0
  }
}
