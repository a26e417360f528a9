import Storage

/// What can be wrong with a run as a whole.
public enum RunError: Error, Equatable, CustomStringConvertible {
  /// The folder of a new run holds something already.
  case occupied(String)
  /// A path on the command line is none.
  case noPath(what: String, found: String, problem: String)
  /// The folder holds no finished model.
  case noModel(String)
  /// The folder holds no checkpoint that a run could go on from; what is wrong with those there are.
  case noCheckpoint(String, problems: [String])
  /// What is changed when a run goes on would make it another.
  case otherRun(differences: [String], couldBeAllowed: Bool)
  /// A run is to go on without a modality that it does not have.
  case noModality(String, expected: [String])
  /// A run is to go on without all of its modalities.
  case nobodyLeft
  /// The folder of a run that is to begin anew holds what no run writes.
  case foreign(String, names: [String])
  /// The run was asked to end, and a checkpoint stands.
  case ended
  /// A file of the run is not what this build writes.
  case unreadable(file: String, problem: String)
  /// A finished run could not save its final weights; and perhaps not write its records either.
  case notSaved(problems: [String], kept: String, unwritten: String?)
  /// The folder of a finished run is not where it was.
  case lost(FolderLoss)
  /// The ranks of a modality are to be chosen, but the job stands already.
  case ranksNotChosen(modality: String)
  /// A run that trains on all samples anew is to go on without a modality.
  case wholeRefit
  /// All samples are to be trained on after a fit that so few samples are held out for.
  case nothingToFit(held: Int, needed: Int)
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
    case .noCheckpoint(let path, let problems) where problems.isEmpty:
      "\(path) holds no checkpoint to go on from; train anew, in another folder"
    case .noCheckpoint(let path, let problems):
      "\(path) holds no checkpoint that is whole: \(problems.joined(separator: "; ")); put back what is missing from a copy, or train anew in another folder"
    case .otherRun(let differences, let couldBeAllowed):
      "the run would not go on exactly, because of what is changed: \(differences.joined(separator: "; ")); "
        + (couldBeAllowed
          ? "leave it as it was, or add --allow-inexact"
          : "leave it as it was, or train anew in another folder")
    case .noModality(let name, let expected):
      "--without: found '\(name.legible())', expected one of \(expected.listed)"
    case .nobodyLeft: "--without names every modality; leave one that trains on"
    case .foreign(let path, let names):
      "\(path) holds no checkpoint, so that its run has to begin anew, but also what no run writes: \(names.map { $0.legible() }.listed); move that away"
    case .ended: "the run was ended on request, and can be gone on with"
    case .unreadable(let file, let problem): "\(file): \(problem)"
    case .notSaved(let problems, let kept, let unwritten):
      "the final weights could not be saved: "
        + (problems + [kept] + (unwritten.map { [$0] } ?? [])).joined(separator: "; ")
    case .lost(let loss): "\(loss)"
    case .ranksNotChosen(let modality):
      "modalities.\(modality).ranks: found auto, which only ./launch can choose, before ranks start; start with ./launch train, or write a number"
    case .wholeRefit:
      "--without: fusion.refit_on_all trains on all samples from fresh weights, which takes every modality; bring the modality back, or train anew without it"
    case .nothingToFit(let held, let needed):
      "fusion.refit_on_all: the fusion is fitted to at least \(needed) validation samples, and there are \(held); raise data.validation, or leave it out"
    case .notLaunched(let command, let ranks):
      "'\(command)' needs \(ranks) ranks but was started as one process; use ./launch \(command), or mpirun -np \(ranks) antiphon \(command), or add --one-process"
    }
  }
}
