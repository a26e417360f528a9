import Configuration
import Tensors

/// Whether the ranks of a run compute alike: if not, numbers depend on which rank is where.
enum RankArithmetic {
  /// What is odd about it, a sentence each.
  static func warnings(
    _ ranks: [(name: String, arithmetic: Arithmetic)], products: Products
  ) -> [String] {
    func listed(_ part: KeyPath<Arithmetic, String>) -> String {
      ranks.map { "\($0.name) \($0.arithmetic[keyPath: part])" }.joined(separator: ", ")
    }
    var warnings: [String] = []
    if products == .openblas, Set(ranks.map(\.arithmetic.coreType)).count > 1 {
      warnings.append(
        "the ranks compute with different core types of OpenBLAS (\(listed(\.coreType))), so that "
          + "weights depend on which rank is where; with execution.products: portable they do not")
    }
    // Widths that fuse multiply-adds have the same bits.
    if Set(ranks.map { $0.arithmetic.lanes == Lanes.plain.rawValue }).count > 1 {
      warnings.append(
        "some ranks have no fused multiply-adds (lanes: \(listed(\.lanes))), so that weights depend "
          + "on which rank is where")
    }
    return warnings
  }
}
