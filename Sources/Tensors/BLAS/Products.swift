/// Who computes the products of matrices: that decides what else their bits depend on.
public enum Products: String, Sendable, CaseIterable {
  /// Our own kernels: every output is one chain of fused multiply-adds in the order of k. Bits depend
  /// on nothing but the numbers, on any processor with fused multiply-adds.
  case portable
  /// OpenBLAS, tuned for every processor family there is. Bits are those of a core type; threads do
  /// not change them, because a product is cut into pieces by its shape alone.
  case openblas

  /// What products are computed by unless somebody decides.
  public static let standard = portable

  /// What the calling thread's team computes products by: `standard` at first.
  public static var current: Products {
    get { ThreadTeam.current.products }
    set { ThreadTeam.current.products = newValue }
  }
}
