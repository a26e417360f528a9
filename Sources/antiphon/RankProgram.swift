import Configuration
import Exchange
import Foundation
import Glibc
import MPI
import Runs
import Tensors
import Worker

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

  /// Does `work` on rank 0 while the other ranks serve it, over MPI or inside this process.
  static func run(_ command: String, _ work: RankWork) throws {
    try onEveryRank(
      command, ranks: work.ranks, inOneProcess: work.inOneProcess, threads: work.threads
    ) { [inOneProcess = work.inOneProcess, coordinate = work.coordinate] in
      try takeRole($0, host: $1, inOneProcess: inOneProcess, coordinate)
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
    guard inOneProcess || MPIWorld.isLaunched else {
      throw RunError.notLaunched(command: command, ranks: ranks)
    }
    do {
      if inOneProcess {
        Threads.count = threads ?? max(1, MPIWorld.coreCount / max(1, ranks - 1))
        try BLAS.reserve(threads: Threads.count)
        let host = ProcessInfo.processInfo.hostName
        try OneProcess.run(ranks: ranks, deadline: .seconds(300)) { try body($0, host) }
      } else {
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
    } catch {
      Failure.end(with: error)
    }
  }

  private static func takeRole(
    _ endpoint: Endpoint, host: String, inOneProcess: Bool,
    _ coordinate: (Job) throws -> Void
  ) throws {
    guard endpoint.worldRank == RankLayout.coordinator else {
      do {
        return try WorkerSession.serve(endpoint, host: host)
      } catch is RefusalSent where inOneProcess {
        // The first error would stop all others here; the coordinator's says more than this one.
        return
      }
    }
    try coordinate(Job(endpoint: endpoint, host: host, console: Console()))
    for rank in 1..<max(1, endpoint.worldSize) {
      try endpoint.send(Assignment.dismissed, to: rank)
    }
    try endpoint.flush()
  }
}
