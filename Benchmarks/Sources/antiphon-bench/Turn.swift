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
  let classCounts = bench.numbers.isEmpty ? [6, 101] : bench.numbers
  var rows: [[String]] = []
  for classes in classCounts {
    let workload = standIns(2, cycles: 1000, classes: classes) { _ in 0 }
    let alone = try bench.rank == 0 ? workload.runInOneProcess() : nil
    try bench.meet()
    let outcome = try workload.run(over: bench.endpoint)
    try bench.meet()
    let up = 16 + 24 + 512 * 8 + (512 + 1) * classes * 4
    let down = 16 + (512 + 1) * classes * 4
    let polled = try polledLatency(bench, down: down, up: up)
    let waited = try endpointLatency(bench, byteCounts: [down - 16, up - 16])
    try bench.meet()
    // The parts, on a core of their own.
    guard bench.rank == 0, let outcome, let alone else { continue }
    try check(outcome.digest == alone.digest, "one process and ranks differ in weights")
    let parts = try Parts(workload)
    // The projector is a matrix from turn 193 on: what a long run sees.
    let turn = Times(outcome.cycles.dropFirst(200).map { $0 / 2 })
    let compute = parts.apply.median + parts.worker.median
    rows.append([
      "\(classes)", "\(down >> 10)/\(up >> 10)", turn.microseconds,
      decimals(parts.apply.median * 1e6, 1), decimals(parts.settle.median * 1e6, 1),
      decimals(parts.worker.median * 1e6, 1), decimals((turn.median - compute) * 1e6, 1),
      decimals(waited * 1e6, 1), decimals(polled * 1e6, 1),
      decimals(turn.median / polled, 1),
    ])
  }
  guard bench.rank == 0 else { return }
  print("  2 workers without encoders, batch 64, 512 features, head gradient modification; us")
  let header = [
    "classes", "KB down/up", "turn", "project+update", "absorb (after)", "worker", "rest",
    "messages, own waits", "polled: 2 x latency", "turn / polled",
  ]
  printTable(header, rows)
}

/// What the computing of a turn costs when nothing else goes on.
private struct Parts {
  let apply: Times
  let settle: Times
  let worker: Times

  init(_ workload: Workload) throws {
    let head = workload.makeHead()
    let learner = try workload.makeLearner(0)
    let plan = workload.plan.epoch(0)
    let classes = workload.classCount
    let logits = Tensor([classes], capacity: workload.batchSize)
    let logitGradient = Tensor([classes], capacity: workload.batchSize)
    try learner.load(
      plan.rows(cycleInEpoch: 0, modality: 0), at: TrainingPlace(epoch: 0, batch: 0))
    let features = try learner.forward()
    MeanFeature.compute(features, into: head.update.meanFeature)
    var times: (apply: [Double], settle: [Double], worker: [Double]) = ([], [], [])
    for turn in plan.turns.prefix(800) {
      let began = now()
      head.head.logits(features, into: logits)
      _ = SoftmaxCrossEntropy.evaluate(
        logits: logits, labels: learner.labels, total: features.count, gradient: logitGradient)
      head.head.gradient(logitGradient: logitGradient, features: features)
      let computed = now()
      head.begin(turn)
      head.apply(turn, learningRate: 1e-3)
      let applied = now()
      head.settle()
      let settled = now()
      guard turn.index >= 400 else { continue }
      times.worker.append(computed - began)
      times.apply.append(applied - computed)
      times.settle.append(settled - applied)
    }
    apply = Times(times.apply)
    settle = Times(times.settle)
    worker = Times(times.worker)
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
