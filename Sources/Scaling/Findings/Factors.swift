/// How much of the ranks' time is work, and where the rest goes: the factors of the POP project
/// (pop-coe.eu, "Standard Metrics for Performance Analysis"), of the workers.
public struct Factors: Sendable, Equatable {
  /// The mean of the ranks' work as a part of the largest: 1 where all have as much to do.
  public let loadBalance: Double
  /// The largest work of a rank as a part of what a cycle takes where messages take no time: below 1 where
  /// ranks wait for each other's work, as they do when all turns together take longer than any encoder.
  public let serialisation: Double
  /// What a cycle takes where messages take no time, as a part of what it took.
  public let transfer: Double

  /// The mean of the ranks' work as a part of the cycle: the product of the three.
  public var parallelEfficiency: Double { loadBalance * serialisation * transfer }

  /// The factors of a layout.
  ///
  /// Without messages that take time, a cycle is as long as the longest of the ranks' work, or as all turns
  /// one after the other: heads on the workers, steps on the coordinator.
  init?(_ report: LayoutReport) {
    let (cycle, works) = (report.cycle, report.ranks.map(\.useful))
    guard cycle > 0, let largest = works.max(), largest > 0 else { return nil }
    let turns = report.turns
    let ideal = max(largest, turns)
    loadBalance = works.reduce(0, +) / Double(works.count) / largest
    // A rank's work is timed by itself, a cycle by another: the two may differ by a little.
    transfer = min(1, ideal / cycle)
    serialisation = largest / ideal
  }

  /// The middle of each factor.
  init?(middleOf factors: [Factors]) {
    func middle(_ factor: KeyPath<Factors, Double>) -> Double? {
      Spread(factors.map { $0[keyPath: factor] })?.median
    }
    guard let balance = middle(\.loadBalance), let serialisation = middle(\.serialisation),
      let transfer = middle(\.transfer)
    else { return nil }
    (loadBalance, self.serialisation, self.transfer) = (balance, serialisation, transfer)
  }
}

extension LayoutReport {
  /// What all turns of a cycle compute, one after the other.
  var turns: Double { coordinatorBusy + ranks.map(\.head).reduce(0, +) }
}
