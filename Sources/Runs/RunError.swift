import Storage

/// What can be wrong with a run as a whole.
public enum RunError: Error, Equatable, CustomStringConvertible {
  /// The folder of a new run holds something already.
  case occupied(String)
  /// A path on the command line is none.
  case noPath(what: String, found: String, problem: String)
  /// The folder holds no finished model.
  case noModel(String)
  /// A file of the run is not what this build writes.
  case unreadable(file: String, problem: String)
  /// A finished run could not save its final weights; and perhaps not write its records either.
  case notSaved(problems: [String], kept: String, unwritten: String?)
  /// The folder of a finished run is not where it was.
  case lost(FolderLoss)
  /// The command runs on several ranks but was started as one process.
  case notLaunched(command: String, ranks: Int)

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .occupied(let path):
      "\(path) is not empty; a run never overwrites another, so name a new folder with --output"
    case .noPath(let what, let found, let problem): "\(what): found '\(found)', \(problem)"
    case .noModel(let path):
      "\(path) holds no model (model.json is missing); name the folder of a run that has saved weights"
    case .unreadable(let file, let problem): "\(file): \(problem)"
    case .notSaved(let problems, let kept, let unwritten):
      "the final weights could not be saved: "
        + (problems + [kept] + (unwritten.map { [$0] } ?? [])).joined(separator: "; ")
    case .lost(let loss): "\(loss)"
    case .notLaunched(let command, let ranks):
      "'\(command)' needs \(ranks) ranks but was started as one process; use ./launch \(command), or mpirun -np \(ranks) antiphon \(command), or add --one-process"
    }
  }
}
