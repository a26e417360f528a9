import Configuration
import Coordinator
import Exchange
import MLA
import Reports
import Runs
import Synchronization

/// Trains and evaluates from a Swift program, as the command line does: the same files, the same numbers.
///
/// ```swift
/// let configuration = try RunConfiguration.load(path: "first.yaml")
/// let result = try Trainer().train(configuration, output: "runs/first")
/// print(result?.evaluation?.primary.metrics.accuracy ?? 0)
/// ```
///
/// One training runs at a time in a process: threads and signals are the process's.
public struct Trainer: Sendable {
  /// Where the ranks of a run are.
  public enum Ranks: Sendable {
    /// Threads of this process, one of which runs at a time. Needs no MPI.
    case oneProcess
    /// The processes of an MPI job, each of which makes the same call; `mpirun` has started them.
    case mpi
  }

  /// Where the ranks are.
  public var ranks: Ranks
  /// Whether what the command line would say is written to standard output; warnings go to standard error in
  /// any case, and the run's `log.txt` has all.
  public var isTalkative: Bool

  /// A trainer.
  ///
  /// - Parameters:
  ///   - ranks: Where the ranks are.
  ///   - isTalkative: Whether what the command line would say is written to standard output.
  public init(ranks: Ranks = .oneProcess, isTalkative: Bool = false) {
    (self.ranks, self.isTalkative) = (ranks, isTalkative)
  }

  /// Trains what a configuration describes, and leaves a run's folder.
  ///
  /// - Parameters:
  ///   - configuration: What decides the run.
  ///   - output: The folder, which must be empty or not be there; nil: a new one below `runs/`.
  ///   - epochEnded: Hears of each epoch, on the coordinator's rank. What it throws ends the run.
  /// - Returns: The result; nil on ranks that serve.
  /// - Throws: `ConfigurationError`, `FileError`, `RunError`, `CoordinatorError`, `ExchangeError`: each
  ///   describes itself in one sentence.
  public func train(
    _ configuration: RunConfiguration, output: String? = nil,
    epochEnded: @Sendable @escaping (EpochRecord) throws -> Void = { _ in }
  ) throws -> RunResult? {
    try coordinate(configuration) { job in
      try job.train(
        configuration, in: RunDirectory(output: output, for: "run"), epochEnded: epochEnded)
    }
  }

  /// Goes on with a run from its last checkpoint, to the same bits.
  ///
  /// - Parameter run: The run's folder.
  /// - Throws: As `train`; `RunError` where no checkpoint stands.
  public func resume(_ run: String) throws {
    let configuration = try RunConfiguration.load(path: RunDirectory(existing: run).configuration)
    _ = try coordinate(configuration) { job in
      try job.resume(configuration, in: RunDirectory(resuming: run), allowsInexact: false)
    }
  }

  /// Evaluates the saved model of a run on one of its splits.
  ///
  /// - Parameters:
  ///   - run: The run's folder.
  ///   - split: The split; validation needs the training files.
  ///   - fusion: How modalities are fused; nil: as the run's configuration says.
  ///   - predictions: A CSV file for every sample's prediction; nil: none.
  /// - Returns: The result; nil on ranks that serve.
  /// - Throws: As `train`; `RunError.noModel` where none was saved.
  public func evaluate(
    _ run: String, split: EvaluatedSplit = .test, fusion: FusionKind? = nil,
    predictions: String? = nil
  ) throws -> RunResult? {
    let directory = try RunDirectory(existing: run)
    let configuration = try RunConfiguration.saved(in: directory, fusion: fusion, overrides: [])
    return try coordinate(configuration) { job in
      try job.evaluate(configuration, model: directory, split: split, csv: predictions)
    }
  }

  /// Has rank 0 do `work`; what it gives is nil on all other ranks.
  private func coordinate<Result: Sendable>(
    _ configuration: RunConfiguration, _ work: @Sendable @escaping (Job) throws -> Result
  ) throws -> Result? {
    let result = Outcome<Result>()
    let isTalkative = isTalkative
    try JobRanks(of: configuration, inOneProcess: ranks == .oneProcess).coordinate(
      console: { isTalkative ? Console() : .silent }, reporting: ReportWriter.write(in:)
    ) { job in
      let value = try work(job)
      result.value.withLock { $0 = value }
    }
    return result.value.withLock { $0 }
  }

  /// What the coordinator's thread hands to the caller's.
  private final class Outcome<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
  }
}
