/// Sums over the measured turns of an epoch, of which its means are made.
struct InterferenceSums {
  /// For each modality the gradient's norm, ratio and step, then the shifts of all, then the cosines with all:
  /// `[M][3 + 2 M]`.
  var sums: [Double]
  /// How many turns each is of.
  var counts: [Int64]

  private let modalityCount: Int
  private var width: Int { 3 + 2 * modalityCount }

  /// Sums of nothing.
  init(modalityCount: Int) {
    self.modalityCount = modalityCount
    sums = Array(repeating: 0, count: modalityCount * (3 + 2 * modalityCount))
    counts = Array(repeating: 0, count: sums.count)
  }

  /// Adds a turn.
  mutating func add(_ turn: TurnInterference) {
    let values =
      [turn.gradientNorm, turn.gradientRatio, turn.stepNorm] + turn.logitShifts
      + turn.gradientCosines
    for (place, value) in values.enumerated() {
      guard let value else { continue }
      sums[turn.turn.modality * width + place] += value
      counts[turn.turn.modality * width + place] += 1
    }
  }

  /// The means, with the head's drift at the epoch's end.
  func means(drift: Double) -> HeadInterference {
    func mean(_ modality: Int, _ place: Int) -> Double? {
      let index = modality * width + place
      return counts[index] > 0 ? sums[index] / Double(counts[index]) : nil
    }
    func column(_ place: Int) -> [Double?] { (0..<modalityCount).map { mean($0, place) } }
    func table(from first: Int) -> [[Double?]] {
      (0..<modalityCount).map { modality in
        (0..<modalityCount).map { mean(modality, first + $0) }
      }
    }
    return HeadInterference(
      turnCount: (0..<modalityCount).reduce(0) { $0 + Int(counts[$1 * width]) },
      gradientNorms: column(0), gradientRatios: column(1), stepNorms: column(2),
      logitShifts: table(from: 3), gradientCosines: table(from: 3 + modalityCount), drift: drift)
  }
}
