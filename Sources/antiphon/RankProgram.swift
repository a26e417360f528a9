import Configuration
import Exchange
import MPI
import Reports
import Runs

/// What rank 0 does while the other ranks serve it, and what stands around that.
struct RankWork {
  let ranks: Int
  let inOneProcess: Bool
  /// The threads that compute on a rank; nil: the cores divided by the workers of the node.
  let threads: Int?
  let coordinate: @Sendable (Job) throws -> Void

  init(
    ranks: Int, inOneProcess: Bool, threads: Int?,
    coordinate: @Sendable @escaping (Job) throws -> Void
  ) {
    (self.ranks, self.inOneProcess, self.threads) = (ranks, inOneProcess, threads)
    self.coordinate = coordinate
  }

  /// On the ranks of a configuration.
  init(
    _ configuration: RunConfiguration, inOneProcess: Bool,
    coordinate: @Sendable @escaping (Job) throws -> Void
  ) {
    self.init(
      ranks: configuration.rankCount, inOneProcess: inOneProcess,
      threads: configuration.execution.threads, coordinate: coordinate)
  }
}

/// Runs a command on its ranks: rank 0 coordinates, all others serve it.
///
/// Only the coordinator reads configurations and speaks to people; the workers get everything from it.
enum RankProgram {
  /// A worker's whole program.
  static func serve(_ command: String) throws {
    try run(command, RankWork(ranks: 0, inOneProcess: false, threads: nil) { _ in })
  }

  /// Does `work` on rank 0 while the other ranks serve it, over MPI or inside this process. An error ends all
  /// ranks.
  static func run(_ command: String, _ work: RankWork) throws {
    try on(command, work.ranks, inOneProcess: work.inOneProcess, threads: work.threads) {
      try $0.coordinate(
        console: { Console() }, reporting: ReportWriter.write(in:), work.coordinate)
    }
  }

  /// Runs `body` on every rank, over MPI or inside this process. An error ends all ranks.
  ///
  /// - Parameter threads: the threads that compute on a rank; nil: the cores divided by the workers
  ///   of the node.
  static func onEveryRank(
    _ command: String, ranks: Int, inOneProcess: Bool, threads: Int?,
    body: @Sendable @escaping (Endpoint, _ host: String) throws -> Void
  ) throws {
    try on(command, ranks, inOneProcess: inOneProcess, threads: threads) {
      try $0.onEveryRank(body)
    }
  }

  private static func on(
    _ command: String, _ count: Int, inOneProcess: Bool, threads: Int?,
    _ work: (JobRanks) throws -> Void
  ) throws {
    guard inOneProcess || MPIWorld.isLaunched else {
      throw RunError.notLaunched(command: command, ranks: count)
    }
    do {
      try work(JobRanks(count, inOneProcess: inOneProcess, threads: threads))
    } catch {
      Failure.end(with: error)
    }
  }
}
