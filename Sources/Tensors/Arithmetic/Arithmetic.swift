/// What the bits of a rank's numbers can depend on, beside the numbers.
public struct Arithmetic: Sendable, Equatable {
  /// OpenBLAS's core type, such as `Zen`: with `Products.openblas`.
  public var coreType: String
  /// The width of our own kernels' vectors: `plain`, or any other.
  public var lanes: String

  /// What a process computes with, or did.
  public init(coreType: String, lanes: String) {
    (self.coreType, self.lanes) = (coreType, lanes)
  }

  /// What this process computes with.
  public static let here = Arithmetic(coreType: BLAS.coreName, lanes: Lanes.current.rawValue)
}
