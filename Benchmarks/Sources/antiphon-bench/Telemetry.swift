import Configuration
import Datasets
import Measuring
import Methods
import Networks

/// What measuring the interference of turns adds to a cycle of bare turns: workers have no encoders, so that
/// nothing hides it.
func telemetry(_ bench: Bench) throws {
  let rounds = bench.numbers.first ?? 9
  let cadences = [0, 10, 1]
  var rows: [[String]] = []
  for (features, classes) in [(512, 6), (768, 101)] {
    var times = cadences.map { _ in CycleTimes() }
    for round in 0..<rounds {
      for place in cadences.indices {
        let index = (place + round) % cadences.count
        let every = cadences[index]
        try times[index].add(
          bareTurns(features: features, classes: classes, measuredEvery: every), bench)
      }
    }
    guard bench.rank == 0 else { continue }
    try check(Set(times.map(\.digest)).count == 1, "weights depend on what is measured")
    for (name, part) in [("one process", \CycleTimes.alone), ("3 ranks", \.ranks)] {
      rows.append(
        [
          "\(features) x \(classes)", name,
          decimals(Times(times[0][keyPath: part]).median / 2 * 1e6, 0) + " us",
        ] + times.dropFirst().map { spread($0.ratios(to: times[0], part), digits: 3) })
    }
  }
  guard bench.rank == 0 else { return }
  print("  2 workers without encoders, batch 64, head gradient modification; a cycle beside one")
  print("  without, of the same round")
  printTable(
    ["features x classes", "in", "turn", "every tenth cycle (bar: 1.02)", "every cycle"], rows)
}

/// Alternating training of two modalities whose encoders take no time.
private func bareTurns(features: Int, classes: Int, measuredEvery every: Int) -> MethodRun {
  let bare = standIns(2, cycles: 100, classes: classes, features: features) { _ in 0 }
  let modalities = ["a", "b"].map {
    ModalityConfiguration(name: $0, source: .synthetic(.init()), encoder: .mlp(MLPOptions()))
  }
  var configuration = RunConfiguration(
    classes: (0..<classes).map { "\($0)" }, modalities: modalities)
  configuration.features = features
  configuration.optimizer.learningRate = 1e-3
  configuration.execution.telemetryEvery = every
  return MethodRun(
    configuration: configuration, shapes: [[1], [1]], cyclesPerEpoch: 100,
    epochs: classes > 50 ? 3 : 15, warmUp: 20, makeEncoder: bare.makeEncoder)
}
