import Measuring

/// The seconds of a cycle of a run in each round: of processor time in one process, of the clock over ranks.
struct CycleTimes {
  private(set) var alone: [Double] = []
  private(set) var ranks: [Double] = []
  /// One hash over the weights of all rounds: each must have made the same.
  private(set) var digest: String?

  /// Adds a round, on rank 0; other ranks take part in it.
  mutating func add(_ run: MethodRun, _ bench: Bench) throws {
    let one = try bench.rank == 0 ? run.runInOneProcess() : nil
    try bench.meet()
    guard let many = try run.run(over: bench.endpoint), let one else { return }
    try check(
      one.digest == many.digest && one.digest == digest ?? one.digest,
      "\(run.configuration.method.kind): two runs differ in weights")
    digest = one.digest
    alone.append(one.cycle)
    ranks.append(many.cycle)
  }

  /// What these are beside another's of the same rounds.
  func ratios(to other: CycleTimes, _ part: KeyPath<CycleTimes, [Double]>) -> Times {
    Times(zip(self[keyPath: part], other[keyPath: part]).map { $0 / $1 })
  }
}
