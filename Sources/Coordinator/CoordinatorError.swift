import Exchange

/// Why a coordinator cannot go on.
public enum CoordinatorError: Error, Equatable, CustomStringConvertible {
  /// The joint loss became infinite or not a number, though each modality's logits are finite.
  case lossNotFinite(epoch: Int, batch: Int)
  /// The job has another number of ranks than the configuration needs.
  case wrongRankCount(found: Int, needed: Int, modalities: Int)
  /// Two modalities disagree about a sample.
  case labelConflict(
    id: String, split: String, first: String, firstLabel: String, second: String,
    secondLabel: String)
  /// No modality has a training sample left.
  case nothingToTrainOn
  /// There is nothing to evaluate on.
  case emptySplit(EvaluatedSplit)
  /// Several workers refused, each for its own reason.
  case refusals([String])

  /// The error as one sentence; several refusals are a line each.
  public var description: String {
    switch self {
    case .lossNotFinite(let epoch, let batch):
      "the joint loss is not finite in epoch \(epoch + 1), mini-batch \(batch + 1): each modality's logits are finite, but not the loss of their sum, so training has diverged; lower optimizer.lr, or standardise the data"
    case .wrongRankCount(let found, let needed, let modalities):
      "the job has \(found) ranks, but a run with \(modalities) modalities needs \(needed): one coordinator and one worker each; start it with mpirun -np \(needed), or through ./launch"
    case .labelConflict(let id, let split, let first, let firstLabel, let second, let secondLabel):
      "sample '\(id)' of the \(split) split is labelled \(firstLabel) by modality \(first) but \(secondLabel) by modality \(second); equal ids must mean the same sample"
    case .nothingToTrainOn:
      "no training samples are left after the validation split; lower data.validation"
    case .emptySplit(.test):
      "the test split has no samples; name its files under each modality's data"
    case .emptySplit(.validation):
      "the validation split has no samples; the run has kept none with data.validation"
    case .refusals(let reasons):
      reasons.count == 1
        ? reasons[0]
        : "\(reasons.count) ranks cannot go on:"
          + reasons.map { "\n  \($0)" }.joined()
    }
  }
}
