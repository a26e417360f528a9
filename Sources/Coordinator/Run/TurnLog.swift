import Exchange
import MLA

/// Passes a method's turns on to the run's observer, and watches the head meanwhile.
final class TurnLog {
  /// What the shared head did in this epoch.
  var watch = HeadWatch()

  private let observer: any RunObserver
  private let cyclesPerEpoch: Int

  init(_ observer: any RunObserver, cyclesPerEpoch: Int) {
    self.observer = observer
    self.cyclesPerEpoch = cyclesPerEpoch
  }

  /// Notes a turn of alternating training.
  func note(_ record: TurnRecord) throws {
    watch.note(record)
    try note(record.turn, record.totals)
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
