import Measuring
import Networks
import Tensors

/// M workers whose encoders only take time: what alternation adds to the slowest of them.
func cycle(_ bench: Bench) throws {
  let count = bench.world.size - 1
  let slowest = 20e-3
  let bare = standIns(count, cycles: 200) { _ in 0 }
  let profiles: [(name: String, seconds: @Sendable (Int) -> Double)] = [
    ("equal", { _ in slowest }),
    ("one slow, others half", { $0 == 0 ? slowest : slowest / 2 }),
    ("from 1/M to all of it", { slowest * Double($0 + 1) / Double(count) }),
  ]
  let alone = try bench.rank == 0 ? bare.runInOneProcess() : nil
  try bench.meet()
  let bareOutcome = try bare.run(over: bench.endpoint)
  var rows: [[String]] = []
  for profile in profiles {
    try bench.meet()
    let workload = standIns(count, cycles: 200, profile.seconds)
    guard let outcome = try workload.run(over: bench.endpoint) else { continue }
    guard let alone, let bareOutcome else { continue }
    try check(
      outcome.digest == alone.digest && bareOutcome.digest == alone.digest,
      "the head depends on how long encoders take")
    let turns = Times(bareOutcome.cycles).median
    // In the steady state a worker's own turn is its own time; those of others hide behind it.
    let bound = max(slowest + turns / Double(count), turns)
    let limit = 1.1 * bound
    let cycle = Times(Array(outcome.cycles.dropFirst(5)))
    rows.append([
      "\(count)", profile.name, decimals(turns / Double(count) * 1e6, 0) + " us",
      cycle.milliseconds, decimals(bound * 1e3, 2) + " ms",
      decimals(cycle.median / bound, 3),
      cycle.median <= limit ? "reached" : "MISSED",
      decimals((cycle.median - slowest) * 1e6, 0) + " us",
      decimals(outcome.waiting[0].processorShare * 100, 1),
      decimals(mean(outcome.waiting.dropFirst().map(\.processorShare)) * 100, 1),
    ])
  }
  guard bench.rank == 0 else { return }
  print("  stand-ins of at most 20 ms (8 forward, 12 backward), batch 64, 512 features, 6 classes")
  let header = [
    "M", "stand-ins", "bare turn", "cycle", "max(20 ms + turn, M x turn)", "cycle / that",
    "bar: 1.1", "over 20 ms",
    "waiting CPU %: coordinator", "workers",
  ]
  printTable(header, rows)
}

/// Workers that take so many seconds for forward and backward, 2 to 3.
func standIns(
  _ count: Int, cycles: Int, classes: Int = 6, features: Int = 512, sendsFactors: Bool = false,
  _ seconds: @escaping @Sendable (Int) -> Double
) -> Workload {
  Workload(
    modalityCount: count, classCount: classes, features: features, cyclesPerEpoch: cycles,
    sendsFactors: sendsFactors,
    makeEncoder: { modality, capacity, generator in
      let time = seconds(modality)
      let layer = TimedLayer(
        features: features, capacity: capacity, forward: time * 0.4, backward: time * 0.6,
        generator: &generator)
      return Encoder(inputShape: [1], layers: [("stand-in", layer)])
    })
}

private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
