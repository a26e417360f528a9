import Exchange
import MPI

/// A job that measures one promise.
struct Benchmark: Sendable {
  let name: String
  let summary: String
  /// The number of ranks, by the numbers of the command line.
  let ranks: @Sendable ([Int]) -> Int
  /// Whether ranks may use what only ranks of one node have.
  var isLocal = true
  /// What each rank does.
  let body: @Sendable (Bench) throws -> Void

  static let all = [
    Benchmark(
      name: "overlap", summary: "two equal modalities on two cores against one process",
      ranks: { _ in 3 }, body: overlap),
    Benchmark(
      name: "cycle", summary: "M workers whose encoders only take time (M; default 4)",
      ranks: { ($0.first ?? 4) + 1 }, body: cycle),
    Benchmark(
      name: "turn",
      summary: "the turn itself, against the latency of its messages (classes, of 512 features)",
      ranks: { _ in 3 }, body: turn),
    Benchmark(
      name: "waiting", summary: "what waiting costs, and how late it ends",
      ranks: { _ in 2 }, body: waiting),
    Benchmark(
      name: "network", summary: "the same over TCP, as between two hosts", ranks: { _ in 2 },
      isLocal: false, body: waiting),
    Benchmark(
      name: "network-cycle", summary: "as cycle, over TCP, as between hosts",
      ranks: { ($0.first ?? 4) + 1 }, isLocal: false, body: cycle),
    Benchmark(
      name: "replicas", summary: "ResNet-18 on several ranks: its sums, and steps (ranks, rounds)",
      ranks: { $0.first ?? 2 }, body: replicas),
    Benchmark(
      name: "network-replicas",
      summary: "the same over TCP, between the hosts of HOSTFILE if there is one (ranks, Mbit/s)",
      ranks: { $0.first ?? 2 }, isLocal: false, body: networkReplicas),
    Benchmark(
      name: "mlp", summary: "a cycle of three small encoders, in one process and over ranks",
      ranks: { _ in 4 }, body: mlp),
    Benchmark(
      name: "methods", summary: "a cycle of every method beside that of plain joint training",
      ranks: { _ in 3 }, body: methods),
    Benchmark(
      name: "telemetry", summary: "what measuring the interference of turns costs (rounds)",
      ranks: { _ in 3 }, body: telemetry),
  ]
}

/// What a benchmark's ranks work with.
struct Bench {
  let world: MPIWorld
  let endpoint: Endpoint
  let numbers: [Int]

  var rank: Int { world.rank }

  /// Lets every rank begin what follows together, and leaves the cores to it.
  func meet() throws {
    for other in 1..<world.size {
      if rank == 0 {
        try endpoint.receive(.ready, from: other) { _ in }
      } else if rank == other {
        try endpoint.send(endpoint.frame(.ready), to: 0)
      }
    }
    if rank == 0 {
      for other in 1..<world.size { try endpoint.send(endpoint.frame(.ready), to: other) }
    } else {
      try endpoint.receive(.ready, from: 0) { _ in }
    }
  }
}

/// Why a benchmark's times are not worth printing.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Throws unless a result is what it must be.
func check(_ holds: Bool, _ otherwise: @autoclosure () -> String) throws {
  guard holds else { throw BenchmarkError("wrong result: \(otherwise())") }
}
