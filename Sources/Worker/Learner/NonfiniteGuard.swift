import Configuration
import Tensors

/// What becomes of a modality's mini-batches whose numbers are not finite, and how many there were.
public final class NonfiniteGuard {
  /// More mini-batches one after the other than these are not left out: then it is not the data.
  public static let mostInARow = 100
  /// So many of an epoch may always be left out; of more, a tenth of the epoch's.
  public static let fewOfAnEpoch = 10

  /// What becomes of them.
  public let policy: ExecutionOptions.NonfinitePolicy
  /// The mini-batches left out since the run began.
  public private(set) var total = 0

  private var epoch = -1
  private var inEpoch = 0
  private var inARow = 0

  /// Nothing was left out yet.
  public init(_ policy: ExecutionOptions.NonfinitePolicy) { self.policy = policy }

  /// Counts a mini-batch as left out; throws where it must not be.
  func leaveOut(_ found: NonfiniteBatch) throws {
    guard policy == .skip else { throw found }
    if found.epoch != epoch { (epoch, inEpoch) = (found.epoch, 0) }
    total += 1
    inEpoch += 1
    inARow += 1
    if inARow > Self.mostInARow {
      throw WorkerError.tooManySkipped("\(inARow) mini-batches in a row", last: found)
    }
    if inEpoch > max(Self.fewOfAnEpoch, found.batchCount / 10) {
      throw WorkerError.tooManySkipped(
        "\(inEpoch) of the \(found.batchCount) mini-batches of epoch \(epoch + 1)", last: found)
    }
  }

  /// A mini-batch was trained with.
  func pass() { inARow = 0 }

  /// The counts, for a run that is taken up again.
  var state: NamedState {
    NamedState("nonfinite", [total, epoch, inEpoch, inARow].map(Int64.init)) { [self] in
      (total, epoch) = (Int($0[0]), Int($0[1]))
      (inEpoch, inARow) = (Int($0[2]), Int($0[3]))
    }
  }
}
