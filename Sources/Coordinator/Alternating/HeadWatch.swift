import MLA
import Tensors

/// Watches the shared head through an epoch: how much of its gradient the projection lets through.
struct HeadWatch {
  /// `|G'| / |G|` of each turn of the epoch so far.
  var ratios: [Double] = []

  /// Notes a turn that moved the head.
  mutating func note(_ record: TurnRecord) {
    guard record.totals.samples > 0 else { return }
    let before = record.head.unprojectedWeightNorm
    let after = BLAS.norm(record.head.weightStep)
    if before > 0 { ratios.append(after / before) }
  }

  /// The head's state at the epoch's end; starts the next epoch.
  ///
  /// - Parameter interference: what turns did to each other; nil: that was not measured.
  mutating func finish(
    _ shared: SharedHead, interference: HeadInterference? = nil
  ) -> HeadState {
    defer { ratios.removeAll(keepingCapacity: true) }
    let sorted = ratios.sorted()
    let middle = sorted.count / 2
    let median: Double? =
      sorted.isEmpty
      ? nil
      : sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    return HeadState(
      gradientRatio: shared.projection == nil ? nil : median,
      weightNorm: BLAS.norm(shared.head.weight.values),
      projectorNorms: shared.projection?.norms ?? [],
      skippedAbsorptions: shared.projection?.skippedAbsorptions ?? 0,
      interference: interference)
  }
}
