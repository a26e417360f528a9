import Exchange
import MLA
import Storage

/// Why a coordinator cannot go on.
public enum CoordinatorError: Error, Equatable, CustomStringConvertible {
  /// The joint loss became infinite or not a number, though each modality's logits are finite.
  case lossNotFinite(epoch: Int, batch: Int)
  /// A turn whose gradient was finite has made something of the shared head infinite or not a number.
  case headNotFinite(part: String, turn: Turn, sender: String)
  /// The job has another number of ranks than the configuration needs.
  case wrongRankCount(found: Int, needed: Int, modalities: Int)
  /// Two modalities disagree about a sample.
  case labelConflict(
    id: String, split: String, first: String, firstLabel: String, second: String,
    secondLabel: String)
  /// Two modalities, or one and the file `data.groups`, disagree about what a sample belongs to.
  case groupConflict(
    id: String, split: String, first: String, firstGroup: String, second: String,
    secondGroup: String)
  /// The file `data.groups` is about other samples.
  case foreignGroups(file: String, count: Int, id: String)
  /// A worker has told a label that is no class, which only another build or configuration does.
  case unknownLabel(modality: String, host: String, label: Int, classCount: Int)
  /// No modality has a training sample.
  case nothingToTrainOn
  /// The order of turns goes by a validation split that has no samples.
  case nothingToRankBy(TurnRanking, validation: Double)
  /// The kept model goes by a validation split that has no samples.
  case nothingToChooseBy(validation: Double)
  /// Balanced weights need training samples of every class, and one has none.
  case nothingToBalance(class: String)
  /// The kept model is one of the run's checkpoints, and there is no folder for them.
  case nowhereToKeep
  /// Test samples stand in training files too.
  case overlap(Overlap)
  /// A modality shares no training sample with any other, but they are to be trained together.
  case nothingJoint(method: String, modality: String, problem: String)
  /// Training samples lack modalities, but the method needs all of them.
  case incomplete(method: String, complete: Int, of: Int)
  /// There is nothing to evaluate on.
  case emptySplit(EvaluatedSplit)
  /// A machine cannot hold what the ranks on it need; the text says how much.
  case outOfMemory(String)
  /// A run that is gone on with would not give the bits that it would have given; why, a sentence each.
  case otherBits([String])
  /// The checkpoint is in the middle of an epoch that has another number of cycles now.
  case otherEpochs(found: Int, was: Int, position: RunPosition)
  /// Samples that belong together by the numbers of their rows alone are not as many in each modality.
  case sampleCounts(first: String, Int, second: String, Int)
  /// Several workers refused, each for its own reason.
  case refusals([String])

  /// Who has the ranks of a run.
  private static func workers(_ ranks: Int, _ modalities: Int) -> String {
    ranks == modalities + 1
      ? "one coordinator and one worker each" : "one coordinator and the ranks that each asks for"
  }

  /// The error as one sentence; several refusals are a line each.
  public var description: String {
    switch self {
    case .lossNotFinite(let epoch, let batch):
      "the joint loss is not finite in epoch \(epoch + 1), mini-batch \(batch + 1): each modality's logits are finite, but not the loss of their sum, so training has diverged; lower optimizer.lr, or standardise the data"
    case .headNotFinite(let part, let turn, let sender):
      "the shared head is not finite (\(part)) after turn \(turn.index) of \(sender) (epoch \(turn.epoch + 1), mini-batch \(turn.cycleInEpoch + 1) of \(turn.cyclesPerEpoch)), though what that sent was; lower optimizer.lr, or change hgm"
    case .wrongRankCount(let found, let needed, let modalities):
      "the job has \(found) ranks, but a run with \(modalities) modalities needs \(needed): \(Self.workers(needed, modalities)); start it with mpirun -np \(needed), or through ./launch"
    case .labelConflict(let id, let split, let first, let firstLabel, let second, let secondLabel):
      "sample '\(id.legible())' of the \(split) split is labelled \(firstLabel) by modality \(first) but \(secondLabel) by modality \(second); equal ids must mean the same sample"
    case .groupConflict(
      let id, let split, let first, let firstGroup, let second, let secondGroup):
      "sample '\(id.legible())' of the \(split) split is in group '\(firstGroup.legible())' by \(first) but in group '\(secondGroup.legible())' by \(second); a sample is in one group"
    case .foreignGroups(let file, let count, let id):
      "\(file) gives groups to \(counted(count, "id")), such as '\(id.legible())', but none of them is a sample; give the file of these samples, or remove data.groups"
    case .unknownLabel(let modality, let host, let label, let classCount):
      "modality \(modality) on host \(host) has told the label \(label), but the labels of \(classCount) classes are 0 to \(classCount - 1); all ranks must run the same build and configuration"
    case .nothingToTrainOn:
      "there are no training samples; name files with samples under each modality's data"
    case .nothingToRankBy(let rule, let validation):
      "order: \(rule.rawValue) goes by losses on the validation split, but with data.validation \(validation) that has no samples; raise it, give more samples, or list the modalities"
    case .nothingToChooseBy(let validation):
      "selection goes by the validation split, but with data.validation \(validation) that has no samples; raise it, give more samples, or leave selection out"
    case .nothingToBalance(let name):
      "class_weights: balanced needs training samples of every class, but '\(name.legible())' has none; leave the class out, or list the weights"
    case .nowhereToKeep:
      "selection.keep: best keeps its model among the run's checkpoints, but the run has no folder; give it one, or keep the last"
    case .overlap(let overlap):
      "\(overlap); take them out of one of the two, give different samples different ids, or set data.allow_overlap: true"
    case .nothingJoint(let method, let modality, let problem):
      "method \(method) trains modalities together, but no training sample of modality \(modality) has another modality: \(problem); equal samples need equal ids, or use method mla or separate"
    case .incomplete(let method, let complete, let count):
      "method \(method) with these options needs all modalities of every training sample, but \(complete) of \(count) have them all; take the others out, or choose other options (docs/methods.md)"
    case .emptySplit(.test):
      "the test split has no samples; name its files under each modality's data"
    case .emptySplit(.validation):
      "the validation split has no samples; the run has kept none with data.validation"
    case .outOfMemory(let problem): problem
    case .otherBits(let differences):
      "the run would not go on exactly: \(differences.joined(separator: "; ")); go on where and with what it began, or add --allow-inexact"
    case .otherEpochs(let found, let was, let position):
      "the checkpoint is after \(position) of \(was), but with these data an epoch has \(found); go on with the data that the run began with"
    case .sampleCounts(let first, let firstCount, let second, let secondCount):
      "modality \(first) has \(counted(firstCount, "row")) and modality \(second) \(counted(secondCount, "row")), and nothing but their numbers says which belong together; name the rows (--ids NAME=FILE)"
    case .refusals(let reasons):
      reasons.count == 1
        ? reasons[0]
        : "\(reasons.count) ranks cannot go on:"
          + reasons.map { "\n  \($0)" }.joined()
    }
  }
}

/// Test samples that are training samples.
public struct Overlap: Sendable, Equatable, CustomStringConvertible {
  /// The number of test samples that are training samples too.
  public let count: Int
  /// The number of all test samples.
  public let testCount: Int
  /// The id of one of them, and the modality whose test files have it.
  public let id, modality: String

  /// What is wrong, without what to do about it.
  public var description: String {
    "\(count) of \(testCount) test samples are training samples too: their ids stand in training files and in test files, such as '\(id.legible())' of modality \(modality)"
  }
}
