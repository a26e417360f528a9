import Exchange
import MLA

/// Passes a method's mini-batches on to the run's observer.
struct TurnLog {
  private let observer: any RunObserver
  private let cyclesPerEpoch: Int

  init(_ observer: any RunObserver, cyclesPerEpoch: Int) {
    self.observer = observer
    self.cyclesPerEpoch = cyclesPerEpoch
  }

  /// Notes a mini-batch of one modality.
  func note(_ turn: Turn, _ totals: TrainingTotals) throws {
    try observer.progressed(
      RunProgress(
        epoch: turn.epoch, cycle: turn.cycleInEpoch, cyclesPerEpoch: cyclesPerEpoch,
        modality: turn.modality, totals: totals))
  }

  /// Notes a mini-batch of joint training.
  func note(epoch: Int, batch: Int, totals: TrainingTotals) throws {
    try observer.progressed(
      RunProgress(
        epoch: epoch, cycle: batch, cyclesPerEpoch: cyclesPerEpoch, modality: nil, totals: totals))
  }
}
