import Measuring
import Networks
import Tensors

/// Two modalities of equal cost: the distributed run against the one-process run of the same build,
/// by turns, so that what disturbs one disturbs the other.
func overlap(_ bench: Bench) throws {
  var options = MLPOptions()
  options.hidden = [1024, 1024]
  let workload = Workload(
    modalityCount: 2, batchSize: 256, cyclesPerEpoch: 8, epochs: 12,
    makeEncoder: { [options] _, capacity, generator in
      try EncoderArchitecture.mlp(options).makeEncoder(
        inputShape: [512], features: 512, capacity: capacity, generator: &generator)
    })
  if bench.rank == 0 {
    print("  mlp 512-1024-1024-512, batch 256, 6 classes, 96 cycles a run; times of a cycle")
  }
  try compare(workload, rounds: bench.numbers.first ?? 5, bench, bar: 1.85)
}

/// The cycle that the PyTorch comparison runs too: three small encoders.
func mlp(_ bench: Bench) throws {
  var options = MLPOptions()
  options.hidden = [512]
  let widths = [74, 35, 300]
  let workload = Workload(
    modalityCount: 3, cyclesPerEpoch: 40, epochs: 20,
    makeEncoder: { [options] modality, capacity, generator in
      try EncoderArchitecture.mlp(options).makeEncoder(
        inputShape: [widths[modality]], features: 512, capacity: capacity, generator: &generator)
    })
  if bench.rank == 0 {
    print("  mlp 74/35/300-512-512, batch 64, 6 classes, 800 cycles a run; times of a cycle")
  }
  try compare(workload, rounds: bench.numbers.first ?? 5, bench, bar: nil)
}

/// Runs a workload in one process and over the ranks, `rounds` times by turns.
private func compare(_ workload: Workload, rounds: Int, _ bench: Bench, bar: Double?) throws {
  var rows: [[String]] = []
  var ratios: [Double] = []
  var pooled: (alone: [Double], ranks: [Double]) = ([], [])
  for round in 1...rounds {
    let alone = try bench.rank == 0 ? workload.runInOneProcess() : nil
    try bench.meet()
    let ranks = try workload.run(over: bench.endpoint)
    guard let alone, let ranks else { continue }
    try check(
      alone.digest == ranks.digest, "one process and \(bench.world.size) ranks differ in weights")
    try check(
      ranks.losses.last < ranks.losses.first,
      "the loss went from \(ranks.losses.first) to \(ranks.losses.last)")
    let (one, many) = (Times(alone.cycles), Times(ranks.cycles))
    ratios.append(one.median / many.median)
    pooled.alone += alone.cycles
    pooled.ranks += ranks.cycles
    rows.append([
      "\(round)", one.milliseconds, many.milliseconds, decimals(one.median / many.median, 3),
      ranks.waiting.map { decimals($0.processorShare * 100, 1) }.joined(separator: " / "),
      ranks.memory.map { "\($0 >> 20)" }.joined(separator: " / "),
    ])
  }
  guard bench.rank == 0 else { return }
  let header = [
    "round", "one process", "\(bench.world.size) ranks", "ratio", "CPU % of waiting, by rank",
    "peak MiB, by rank",
  ]
  printTable(header, rows)
  let all = Times(ratios)
  let limit = bar.map { "; bar: at least \($0)" } ?? ""
  print(
    "  ratio \(decimals(all.median, 3)) (\(decimals(all.quantile(0), 3))-"
      + "\(decimals(all.quantile(1), 3)))\(limit)")
  print(
    "  cycle \(Times(pooled.alone).milliseconds) in one process, \(Times(pooled.ranks).milliseconds)"
      + " over ranks; weights equal bit for bit")
}
