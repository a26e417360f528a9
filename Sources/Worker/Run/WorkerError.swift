/// Why a worker cannot go on.
public enum WorkerError: Error, Equatable, CustomStringConvertible {
  /// More mini-batches would have to be left out than may be; how many, in words.
  case tooManySkipped(String, last: NonfiniteBatch)
  /// The machine cannot hold what the run needs; the text says how much.
  case outOfMemory(String)
  /// The rank got a modality that its configuration does not have.
  case unknownModality(Int, of: Int)

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .tooManySkipped(let count, let last):
      "execution.on_nonfinite: skip would leave out \(count), which is too many to go on; the last: \(last)"
    case .outOfMemory(let problem): problem
    case .unknownModality(let modality, let count):
      "the coordinator assigned modality \(modality), but the configuration has \(count), counted from 0; all ranks must run the same build"
    }
  }
}
