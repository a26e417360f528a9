import Coordinator
import Datasets
import Exchange
import MLA
import MPI
import Measuring
import Networks
import Tensors

/// The bare turn: two workers without encoders, so that nothing but turns is left.
func turn(_ bench: Bench) throws {
  let cases =
    bench.numbers.isEmpty ? TurnCase.all : bench.numbers.map { TurnCase(classes: $0) }
  var rows: [[String]] = []
  for subject in cases {
    let workload = subject.workload
    let alone = try bench.rank == 0 ? workload.runInOneProcess() : nil
    try bench.meet()
    let outcome = try workload.run(over: bench.endpoint)
    try bench.meet()
    let (down, up) = subject.byteCounts
    let polled = try polledLatency(bench, down: down, up: up)
    let waited = try endpointLatency(bench, byteCounts: [down - 16, up - 16])
    try bench.meet()
    // The parts, on a core of their own.
    guard bench.rank == 0, let outcome, let alone else { continue }
    try check(outcome.digest == alone.digest, "one process and ranks differ in weights")
    let parts = try TurnParts(workload)
    let turns =
      subject.isAhead
      ? outcome.secondTurns : outcome.cycles.map { $0 / 2 }
    let turn = Times(Array(turns.dropFirst(turns.count / 5)))
    let compute = parts.apply.median + parts.worker.median
    rows.append([
      "\(subject.features) x \(subject.classes)", subject.name, "\(down >> 10)/\(up >> 10)",
      turn.microseconds, decimals(parts.apply.median * 1e6, 1),
      parts.prepare.map { decimals($0.median * 1e6, 1) } ?? "-",
      decimals(parts.settle.median * 1e6, 1), decimals(parts.worker.median * 1e6, 1),
      decimals((turn.median - compute) * 1e6, 1), decimals(waited * 1e6, 1),
      decimals(polled * 1e6, 1), decimals(turn.median / (compute + waited), 2),
    ])
  }
  guard bench.rank == 0 else { return }
  print("  2 workers without encoders, batch 64, head gradient modification; us")
  let header = [
    "features x classes", "sent", "KB down/up", "turn", "step", "H P", "absorb (after)", "worker",
    "rest", "messages, own waits", "polled: 2 x latency", "turn / (computing + messages)",
  ]
  printTable(header, rows)
}

/// A size of head, and what is sent of its gradient.
private struct TurnCase {
  var features = 512
  var classes: Int
  var sendsFactors = false
  /// Whether the features of the second modality are there long before its turn.
  var isAhead = false

  static let all = [
    TurnCase(classes: 6), TurnCase(classes: 101), TurnCase(features: 768, classes: 101),
    TurnCase(classes: 101, sendsFactors: true),
    TurnCase(features: 2048, classes: 1000, sendsFactors: true),
    TurnCase(features: 2048, classes: 1000, sendsFactors: true, isAhead: true),
    TurnCase(features: 4096, classes: 1000, sendsFactors: true),
    TurnCase(features: 4096, classes: 1000, sendsFactors: true, isAhead: true),
  ]

  var name: String { sendsFactors ? isAhead ? "factors, H ahead" : "factors" : "gradient" }

  var workload: Workload {
    let isLarge = features * classes > 1 << 20
    return standIns(
      2, cycles: isLarge ? 30 : classes > 50 ? 400 : 1000, classes: classes, features: features,
      sendsFactors: sendsFactors
    ) { [self] modality in
      // The second is done while the first is not.
      isAhead ? [0.4, 0.1][modality] : 0
    }
  }

  /// The bytes of the messages on the way of a turn.
  var byteCounts: (down: Int, up: Int) {
    let head = (features + 1) * classes * 4
    return (16 + head, 16 + 24 + (sendsFactors ? 8 + 64 * classes * 4 : features * 8 + head))
  }
}

/// A message down and one up, through endpoints as they wait.
private func endpointLatency(_ bench: Bench, byteCounts: [Int]) throws -> Double {
  try byteCounts.reduce(0) { sum, byteCount in
    switch bench.rank {
    case 0:
      return try sum
        + LatencyProbe.measure(bench.endpoint, with: 1, byteCount: byteCount, rounds: 1000).seconds
    case 1:
      try LatencyProbe.answer(bench.endpoint, to: 0, rounds: 1000)
      return 0
    default: return 0
    }
  }
}

/// The same with two ranks that do nothing but ask MPI: the least a message can take.
private func polledLatency(_ bench: Bench, down: Int, up: Int) throws -> Double {
  guard bench.rank < 2 else { return 0 }
  let buffer = Buffer<UInt8>(max(down, up))
  let other = 1 - bench.rank
  func send(_ byteCount: Int) throws {
    var transfer = try bench.world.send(buffer[0..<byteCount], to: other)
    while try !bench.world.isDone(&transfer) {}
  }
  func receive(_ byteCount: Int) throws {
    while true {
      guard let arrival = try bench.world.arrival(from: other) else { continue }
      try check(arrival.byteCount == byteCount, "a ping of \(arrival.byteCount) bytes")
      var transfer = try bench.world.receive(arrival, into: buffer)
      while try !bench.world.isDone(&transfer) {}
      return
    }
  }
  var times: [Double] = []
  for _ in 0..<2000 {
    let began = now()
    if bench.rank == 0 {
      try send(down)
      try receive(up)
    } else {
      try receive(down)
      try send(up)
    }
    times.append(now() - began)
  }
  return Times(times).median
}
