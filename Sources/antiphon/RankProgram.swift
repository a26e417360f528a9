import Configuration
import Exchange
import MPI
import Reports
import Runs

/// What rank 0 does while the other ranks serve it, and which ranks these are.
struct RankWork {
  let ranks: JobRanks
  let coordinate: @Sendable (Job) throws -> Void

  init(_ ranks: JobRanks, coordinate: @Sendable @escaping (Job) throws -> Void) {
    (self.ranks, self.coordinate) = (ranks, coordinate)
  }

  /// On the ranks of a configuration.
  init(
    _ configuration: RunConfiguration, inOneProcess: Bool,
    coordinate: @Sendable @escaping (Job) throws -> Void
  ) {
    self.init(JobRanks(of: configuration, inOneProcess: inOneProcess), coordinate: coordinate)
  }
}

/// Runs a command on its ranks: rank 0 coordinates, all others serve it.
///
/// Only the coordinator reads configurations and speaks to people; the workers get everything from it.
enum RankProgram {
  /// A worker's whole program.
  static func serve(_ command: String) throws {
    try run(command, RankWork(JobRanks(0, inOneProcess: false, threads: nil)) { _ in })
  }

  /// Does `work` on rank 0 while the other ranks serve it, over MPI or inside this process. An error ends all
  /// ranks.
  static func run(_ command: String, _ work: RankWork) throws {
    try ending(command, work.ranks) {
      try $0.coordinate(
        console: { Console() }, reporting: ReportWriter.write(in:), work.coordinate)
    }
  }

  /// Runs `body` on every rank, over MPI or inside this process. An error ends all ranks.
  static func onEveryRank(
    _ command: String, _ ranks: JobRanks,
    body: @Sendable @escaping (Endpoint, _ host: String) throws -> Void
  ) throws {
    try ending(command, ranks) { try $0.onEveryRank(body) }
  }

  /// Throws where ranks are needed and none were started; what goes wrong on them ends them all.
  private static func ending(
    _ command: String, _ ranks: JobRanks, _ work: (JobRanks) throws -> Void
  ) throws {
    guard ranks.inOneProcess || MPIWorld.isLaunched else {
      throw RunError.notLaunched(command: command, ranks: ranks.count)
    }
    do {
      try work(ranks)
    } catch {
      Failure.end(with: error)
    }
  }
}
