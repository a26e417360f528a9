import MLA

/// Why a worker cannot go on.
public enum WorkerError: Error, Equatable, CustomStringConvertible {
  /// The loss became infinite or not a number.
  case lossNotFinite(turn: Turn)
  /// The rank got a message that no worker understands.
  case unknownAssignment(Int)

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .lossNotFinite(let turn):
      "the loss is not finite in turn \(turn.index) (epoch \(turn.epoch + 1), mini-batch \(turn.batch + 1) of \(turn.batchCount)): training has diverged; lower optimizer.lr, or standardise the data"
    case .unknownAssignment(let code):
      "the coordinator sent assignment \(code), which this build does not know; all ranks must run the same build"
    }
  }
}
