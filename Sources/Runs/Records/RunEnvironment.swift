import Coordinator
import Exchange
import Foundation
import MPI
import Storage
import Tensors

/// What a run was computed with: everything that numbers and times can depend on.
enum RunEnvironment {
  /// Which environment variables can change numbers or times.
  private static let settings = ["ANTIPHON_LANES", "OPENBLAS_", "OMPI_MCA_", "SLURM_JOB_ID"]
  /// Those among them in which Open MPI only tells its own processes where they belong.
  private static let internals = ["orte_", "ess", "initial_wdir", "pmix", "shmem_RUNTIME"].map {
    "OMPI_MCA_" + $0
  }

  /// `environment.json`.
  static func describe(_ ranks: [RunResult.Rank]) -> JSONValue {
    let variables = ProcessInfo.processInfo.environment.filter { name, _ in
      settings.contains { name.hasPrefix($0) } && !internals.contains { name.hasPrefix($0) }
    }
    return [
      "antiphon": .text(AntiphonVersion.current),
      "swift": .text(AntiphonVersion.compiler),
      "system": .text(ProcessInfo.processInfo.operatingSystemVersionString),
      "finished": .text(ISO8601DateFormatter().string(from: Date())),
      "command": .list(CommandLine.arguments.map { .text($0) }),
      "blas": [
        "configuration": .text(BLAS.configuration), "core": .text(BLAS.coreName),
      ],
      "products": .text(Products.current.rawValue),
      "lanes": .text(Lanes.current.rawValue),
      "threads": .integer(Threads.count),
      "mpi": .text(MPIWorld.libraryVersion),
      "cores": .integer(ProcessInfo.processInfo.activeProcessorCount),
      "variables": .object(variables.mapValues { .text($0) }),
      "ranks": .list(
        ranks.enumerated().map { rank, facts in
          [
            "rank": .integer(rank), "role": .text(facts.role), "host": .text(facts.host),
            "core": .text(facts.arithmetic.coreType), "lanes": .text(facts.arithmetic.lanes),
          ]
        }),
    ]
  }
}

/// Which Antiphon this is.
public enum AntiphonVersion {
  /// The version, as in the change log.
  public static let current = "0.1.0"

  /// The compiler that built it.
  public static var compiler: String {
    #if swift(>=6.3)
      "6.3 or newer"
    #else
      "6.2"
    #endif
  }
}
