/// How far apart two modalities' features lie (Liang et al., *Mind the Gap*, NeurIPS 2022).
///
/// Each feature is divided by its norm; `mu_m` is the mean of those of modality m over the samples that have both
/// modalities, and is not divided again. The gap is `|mu_m - mu_k|`.
public struct ModalityGap: Sendable, Equatable {
  /// `|mu_m - mu_k|`, from 0 to 2.
  public let distance: Double
  /// `cos(mu_m, mu_k)`; nil: one of them is zero.
  public let cosine: Double?

  /// The gap between two means of unit features.
  public init(_ first: [Double], _ second: [Double]) {
    precondition(first.count == second.count, "\(first.count) and \(second.count) features")
    distance = Self.norm(zip(first, second).map { $0 - $1 })
    let norms = Self.norm(first) * Self.norm(second)
    cosine = norms > 0 ? zip(first, second).reduce(0) { $0 + $1.0 * $1.1 } / norms : nil
  }

  /// The norm of a mean of unit features: 1 where all of them point the same way, near 0 where they point everywhere.
  public static func norm(_ mean: [Double]) -> Double {
    mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
