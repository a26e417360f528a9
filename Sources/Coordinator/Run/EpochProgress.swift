import Exchange
import Methods
import Tensors

/// What an epoch amounted to so far: a run that is gone on with in its middle must not forget it.
final class EpochProgress {
  /// What was trained, for each loss of the method.
  var totals: [TrainingTotals]
  /// Seconds of training, of this process.
  var seconds = 0.0
  /// What the method decided.
  let notes: NoteMeans

  init(lossCount: Int, notes: NoteMeans) {
    self.notes = notes
    totals = Array(repeating: TrainingTotals(), count: lossCount)
  }

  /// Begins the next epoch.
  func restart() {
    totals = totals.map { _ in TrainingTotals() }
    seconds = 0
    _ = notes.finish()
  }

  /// The totals, and what the method decided, to be remembered.
  var state: [NamedState] {
    let counts = totals.flatMap { [Int64($0.samples), Int64($0.correct)] }
    return [
      NamedState("counts", counts) { values in
        for place in self.totals.indices {
          self.totals[place].samples = Int(values[2 * place])
          self.totals[place].correct = Int(values[2 * place + 1])
        }
      },
      NamedState("losses", totals.map(\.lossSum)) { values in
        for (place, value) in values.enumerated() { self.totals[place].lossSum = value }
      },
    ] + notes.state.named(in: "notes.")
  }
}
