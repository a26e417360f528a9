import MLA

/// Why a worker cannot go on.
public enum WorkerError: Error, Equatable, CustomStringConvertible {
  /// The loss of a turn became infinite or not a number.
  case lossNotFinite(turn: Turn, LossFault)
  /// The logits of a mini-batch of joint training did, and so would the one loss.
  case logitsNotFinite(epoch: Int, batch: Int, of: Int, LossFault)
  /// The machine cannot hold what the run needs; the text says how much.
  case outOfMemory(String)
  /// The rank got a modality that its configuration does not have.
  case unknownModality(Int, of: Int)

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .lossNotFinite(let turn, let fault):
      "the loss is not finite in turn \(turn.index) (epoch \(turn.epoch + 1), mini-batch \(turn.cycleInEpoch + 1) of \(turn.cyclesPerEpoch)): \(fault)"
    case .logitsNotFinite(let epoch, let batch, let batchCount, let fault):
      "the joint loss is not finite (epoch \(epoch + 1), mini-batch \(batch + 1) of \(batchCount)): \(fault)"
    case .outOfMemory(let problem): problem
    case .unknownModality(let modality, let count):
      "the coordinator assigned modality \(modality), but the configuration has \(count), counted from 0; all ranks must run the same build"
    }
  }
}
