import Coordinator
import Exchange

/// The line that says how far training is: epoch, cycle, time left, rate, loss of each modality.
struct ProgressLine {
  private let names: [String]
  private let epochs: Int
  private var totals: [TrainingTotals]
  private var epoch = 0
  private var pace = Pace()
  /// What the last line knew.
  private var shown = (at: ContinuousClock.now, cycles: 0)
  private var newSamples = 0

  /// - Parameter names: the modalities, or the name of a joint loss, or both, the joint loss last.
  init(names: [String], epochs: Int) {
    self.names = names
    self.epochs = epochs
    totals = names.map { _ in TrainingTotals() }
  }

  /// Adds a turn.
  mutating func add(_ progress: RunProgress) {
    if progress.epoch != epoch {
      epoch = progress.epoch
      totals = names.map { _ in TrainingTotals() }
    }
    totals[progress.modality ?? totals.count - 1] += progress.totals
    newSamples += progress.totals.samples
  }

  /// The line, if the last one is at least so old.
  mutating func line(_ progress: RunProgress, every interval: Duration) -> String? {
    let now = ContinuousClock.now
    guard now - shown.at >= interval else { return nil }
    let cycle = progress.cycle + 1
    let cycles = progress.epoch * progress.cyclesPerEpoch + cycle
    pace.note(
      cycles: cycles - shown.cycles, samples: newSamples, inSeconds: (now - shown.at).seconds)
    (shown, newSamples) = ((now, cycles), 0)
    let left = pace.seconds(forCycles: epochs * progress.cyclesPerEpoch - cycles)
    let losses = zip(names, totals).compactMap { name, totals in
      totals.loss.map { "\(name) \(Numerals.decimals($0, 3))" }
    }
    // The losses come last: a narrow terminal cuts the line, and there may be many modalities.
    return [
      "epoch \(progress.epoch + 1)/\(epochs)", "cycle \(cycle)/\(progress.cyclesPerEpoch)",
      left.map { "\(Numerals.duration($0)) left" } ?? "time left unknown",
      "\(Numerals.grouped(Int(pace.samplesPerSecond))) samples/s",
      "loss " + losses.joined(separator: " "),
    ].joined(separator: " · ")
  }
}
