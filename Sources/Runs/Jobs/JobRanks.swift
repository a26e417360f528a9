import Configuration
import Exchange
import Foundation
import MPI
import Tensors
import Worker

/// The ranks of a job: rank 0 coordinates, all others serve it, over MPI or inside this process.
public struct JobRanks: Sendable {
  /// How many there are; over MPI they were started before.
  public let count: Int
  /// Whether all of them are threads of this process, one of which runs at a time.
  public let inOneProcess: Bool
  /// The threads that compute on a rank; nil: the cores divided by the workers of the node.
  let threads: Int?

  /// So many ranks.
  public init(_ count: Int, inOneProcess: Bool, threads: Int?) {
    (self.count, self.inOneProcess, self.threads) = (count, inOneProcess, threads)
  }

  /// The ranks that a configuration needs.
  public init(of configuration: RunConfiguration, inOneProcess: Bool) {
    self.init(
      configuration.rankCount, inOneProcess: inOneProcess,
      threads: configuration.execution.threads)
  }

  /// Has rank 0 do `work` while all others serve it. Every rank of a job over MPI calls this; it returns when
  /// all are done.
  ///
  /// - Parameters:
  ///   - console: makes what the coordinator speaks through.
  ///   - reporting: writes the page that shows what a folder has.
  public func coordinate(
    console: @Sendable @escaping () -> Console,
    reporting: @escaping @Sendable (RunDirectory) throws -> Void,
    _ work: @Sendable @escaping (Job) throws -> Void
  ) throws {
    try onEveryRank { [inOneProcess] endpoint, host in
      guard endpoint.worldRank == RankLayout.coordinator else {
        do {
          return try WorkerSession.serve(endpoint, host: host)
        } catch is RefusalSent where inOneProcess {
          // The first error would stop all others here; the coordinator's says more than this one.
          return
        }
      }
      try work(Job(endpoint: endpoint, host: host, console: console(), reporting: reporting))
      for rank in 1..<max(1, endpoint.worldSize) {
        try endpoint.send(Assignment.dismissed, to: rank)
      }
      try endpoint.flush()
    }
  }

  /// Runs `body` on every rank.
  public func onEveryRank(
    _ body: @Sendable @escaping (Endpoint, _ host: String) throws -> Void
  ) throws {
    guard inOneProcess else { return try overMPI(body) }
    Threads.count = threads ?? max(1, MPIWorld.coreCount / max(1, count - 1))
    try BLAS.reserve(threads: Threads.count)
    let host = ProcessInfo.processInfo.hostName
    try OneProcess.run(ranks: count, deadline: .seconds(300)) { try body($0, host) }
  }

  private func overMPI(_ body: (Endpoint, _ host: String) throws -> Void) throws {
    // MPI maps memory that all ranks of the node share, and is told to say nothing if it cannot.
    try BLAS.reserve(threads: 1, shared: LaunchEnvironment.current.mappedByMPI)
    try withMPI { world in
      // The coordinator is on the first node; it computes little, and only while others wait.
      let workersHere = world.nodeSize - (world.rank < world.nodeSize ? 1 : 0)
      Threads.count = threads ?? max(1, MPIWorld.coreCount / max(1, workersHere))
      try BLAS.reserve(threads: Threads.count)
      if world.rank == RankLayout.coordinator, let folder = world.fullSharedFolder {
        Console().warn(
          "\(folder) is full, so that ranks have to look for messages, which takes more of the processors; free some room there"
        )
      }
      let endpoint = Endpoint(MPITransport(world), deadline: .seconds(300))
      try endpoint.working { try body(endpoint, world.hostName) }
    }
  }
}

extension RunConfiguration {
  /// The number of ranks that a run needs.
  public var rankCount: Int { RankLayout(ranksPerModality: modalities.map(\.ranks)).size }
}
