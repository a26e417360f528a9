import Coordinator
import Exchange

/// The line that says how far training is: epoch, cycle, time left, rate, loss of each modality.
struct ProgressLine {
  private let names: [String]
  private let epochs: Int
  private let began = ContinuousClock.now
  private var totals: [TrainingTotals]
  private var epoch = 0
  private var samples = 0
  private var lastShown = ContinuousClock.now

  /// - Parameter names: the modalities, or the one name of a joint loss.
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
    totals[progress.modality ?? 0] += progress.totals
    samples += progress.totals.samples
  }

  /// The line, if the last one is at least so old.
  mutating func line(_ progress: RunProgress, every interval: Duration) -> String? {
    let now = ContinuousClock.now
    guard now - lastShown >= interval else { return nil }
    lastShown = now
    let cycle = progress.cycle + 1
    let cycles = progress.epoch * progress.cyclesPerEpoch + cycle
    let elapsed = (now - began).seconds
    let left = elapsed / Double(cycles) * Double(epochs * progress.cyclesPerEpoch - cycles)
    let losses = zip(names, totals).compactMap { name, totals in
      totals.loss.map { "\(name) \(Numerals.decimals($0, 3))" }
    }
    // The losses come last: a narrow terminal cuts the line, and there may be many modalities.
    return [
      "epoch \(progress.epoch + 1)/\(epochs)", "cycle \(cycle)/\(progress.cyclesPerEpoch)",
      "\(Numerals.duration(left)) left",
      "\(Numerals.grouped(Int(Double(samples) / elapsed))) samples/s",
      "loss " + losses.joined(separator: " "),
    ].joined(separator: " · ")
  }
}
