import Exchange
import Glibc
import MPI
import Measuring
import Tensors

// `antiphon-bench NAME [NUMBER ...]` starts itself as a job of as many ranks as the benchmark needs,
// one BLAS thread each. Every benchmark checks its result before it prints a time.

let name = CommandLine.arguments.dropFirst().first ?? ""
let numbers = CommandLine.arguments.dropFirst(2).compactMap { Int($0) }

guard let benchmark = Benchmark.all.first(where: { $0.name == name }) else {
  for benchmark in Benchmark.all { print("\(benchmark.name): \(benchmark.summary)") }
  exit(64)
}
Machine.refuseDebugBuild(of: "antiphon-bench")
guard MPIWorld.isLaunched else { benchmark.becomeJob(numbers) }

do {
  try withMPI { world in
    Interruption.install()
    Threads.count = 1
    let endpoint = Endpoint(MPITransport(world, rings: benchmark.isLocal), deadline: .seconds(300))
    let ranks = benchmark.ranks(numbers)
    guard world.size == ranks else { throw BenchmarkError("\(name) needs \(ranks) ranks") }
    if world.rank == 0 { benchmark.describe(ranks: world.size) }
    try benchmark.body(Bench(world: world, endpoint: endpoint, numbers: numbers))
    try endpoint.flush()
  }
} catch {
  print("antiphon-bench \(name): \(error)")
  MPIWorld.abort(code: 70)
}
