import Configuration
import Exchange
import Storage
import Tensors

/// Which of a run's models is kept, and whether it has waited long enough for a better one.
///
/// It belongs to the state of a run, because it follows from evaluations that are not made again when the run is gone
/// on with.
final class ModelSelection {
  /// A model that was measured.
  struct Candidate: Equatable {
    /// The number of epochs that it was trained for.
    let epoch: Int
    /// What it was measured to be worth.
    let value: Double

    /// The checkpoint that it is kept in, a folder below the run's.
    var folder: String { CheckpointFolder.name(at: RunPosition(epoch: epoch)) }
  }

  /// How it is chosen.
  let options: SelectionOptions
  /// The best so far; nil: none could be measured.
  private(set) var best: Candidate?
  /// The best before that one.
  private var before: Candidate?
  /// The number of evaluations since the best.
  private(set) var evaluationsSince = 0

  init(_ options: SelectionOptions) { self.options = options }

  /// Whether so many evaluations were no better than the best that training ends.
  var isOver: Bool { options.patience.map { evaluationsSince >= $0 } ?? false }

  /// The model that the run keeps, where that is the best.
  var kept: Candidate? { options.keep == .best ? best : nil }

  /// What must be remembered; nothing where nothing is chosen.
  var state: [NamedState] {
    guard options.isActive else { return [] }
    let values = [Double(best?.epoch ?? -1), best?.value ?? 0, Double(evaluationsSince)]
    return [
      NamedState("choice", values) { [self] in
        best = $0[0] < 0 ? nil : Candidate(epoch: Int($0[0]), value: $0[1])
        evaluationsSince = Int($0[2])
      }
    ]
  }

  /// Takes note of an evaluation after so many epochs; whether it is the best so far.
  ///
  /// What is not a number is no better than anything.
  func note(_ evaluation: Evaluation, epoch: Int) -> Bool {
    guard options.isActive, evaluation.split == .validation else { return false }
    let value = value(of: evaluation.primary)
    guard value.isFinite, best.map({ isBetter(value, than: $0.value) }) ?? true else {
      evaluationsSince += 1
      return false
    }
    (before, best) = (best, Candidate(epoch: epoch, value: value))
    evaluationsSince = 0
    return true
  }

  /// The best could not be written: the one before it stays.
  func lose(_ folder: String) {
    guard options.keep == .best, best?.folder == folder else { return }
    (best, before) = (before, nil)
  }

  private func value(of fused: Evaluation.Fused) -> Double {
    switch options.measure {
    case .loss: fused.loss ?? .nan
    case .accuracy: fused.metrics.accuracy
    case .macroF1: fused.metrics.macroF1
    }
  }

  private func isBetter(_ value: Double, than other: Double) -> Bool {
    options.measure == .loss ? value < other : value > other
  }
}
