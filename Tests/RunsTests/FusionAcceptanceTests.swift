import Configuration
import Datasets
import Exchange
import Foundation
import MLA
import Methods
import Storage
import Tensors
import Testing

@testable import Coordinator
@testable import Runs

/// How many seeds `Tests/slow/run fusion` asks for; nil: this is no such run.
private let seedCount = ProcessInfo.processInfo.environment["ANTIPHON_FUSION_SEEDS"].flatMap {
  Int($0)
}

/// What fusions make of runs that are trained here, clean and spoilt.
@Suite(.enabled(if: seedCount != nil)) struct FusionAcceptanceTests {
  /// What a trained run says of samples it was not trained on.
  private struct Logits: Sendable {
    var validation: [ModalityLogits] = []
    var shuffled: [ModalityLogits]? = []
    var test: [ModalityLogits] = []
    var validationLabels: [Int] = []
    var testLabels: [Int] = []
    var trainLabels: [Int] = []
  }

  /// What three fusions amount to under one condition: accuracies in per cent, and the errors of their calibration.
  private struct Row {
    var pool, average, entropy: Double
    var poolError, averageError, entropyError: Double
  }

  @Test func `lazy3: no worse where all is clean, better where inputs are swapped`() throws {
    let seeds = 0..<UInt64(seedCount ?? 0)
    var rows: [String: [Row]] = [:]
    for seed in seeds {
      let logits = try trained(set: .lazy3, seed: seed)
      let pool = try fit(logits)
      for (name, share) in [("clean", 0.0), ("30 % swapped", 0.3), ("all swapped", 1)] {
        let test = swapped(logits.test, share: share, seed: seed)
        rows[name, default: []].append(row(pool, test, logits.testLabels))
      }
    }
    for (name, found) in rows.sorted(by: { $0.key < $1.key }) {
      print("lazy3, \(name):", words(found))
    }
    let clean = try #require(rows["clean"])
    for rival in [\Row.average, \.entropy] {
      let (mean, error) = difference(clean, to: rival)
      #expect(mean >= -error, "\(rival)")
    }
    let some = try #require(rows["30 % swapped"])
    #expect(difference(some, to: \.average).mean > 0 && difference(some, to: \.entropy).mean > 0)
    #expect(difference(try #require(rows["all swapped"]), to: \.average).mean >= 4)
  }

  @Test func `lazy2 beside modalities of junk`() throws {
    var found: [Row] = []
    for seed in 0..<UInt64(seedCount ?? 0) {
      var logits = try trained(set: .lazy2, seed: seed)
      var generator = SeededGenerator(seed: seed, stream: "junk")
      func junk(beside modality: ModalityLogits) -> ModalityLogits {
        ModalityLogits(
          logits: modality.logits.map { _ in Float(4 * generator.normal()) },
          present: modality.present, classCount: modality.classCount)
      }
      for _ in 0..<2 {
        logits.validation.append(junk(beside: logits.validation[0]))
        logits.test.append(junk(beside: logits.test[0]))
      }
      logits.shuffled = nil
      found.append(row(try fit(logits), logits.test, logits.testLabels))
    }
    print("lazy2 with junk:", words(found))
    #expect(found.allSatisfy { $0.pool >= 94 })
  }

  private func fit(_ logits: Logits) throws -> RobustPool {
    let prior = RobustPool.prior(
      of: logits.trainLabels, classCount: logits.test[0].classCount)
    return try PoolFit(
      logits.validation, shuffled: logits.shuffled, labels: logits.validationLabels, prior: prior
    ).pool
  }

  private func row(_ pool: RobustPool, _ test: [ModalityLogits], _ labels: [Int]) -> Row {
    let results = [
      pool.fuse(test), Fusion.fuse(test, kind: .averageLogits),
      Fusion.fuse(test, kind: .entropyLogits),
    ]
    let accuracies = results.map { result in
      100 * Double(zip(result.predictions, labels).count { $0 == $1 }) / Double(labels.count)
    }
    let errors = results.map { Self.calibrationError($0, labels) }
    return Row(
      pool: accuracies[0], average: accuracies[1], entropy: accuracies[2], poolError: errors[0],
      averageError: errors[1], entropyError: errors[2])
  }

  /// The expected error of the predicted class's probability, 15 bins, in per cent.
  private static func calibrationError(_ result: FusionResult, _ labels: [Int]) -> Double {
    var gaps = [Double](repeating: 0, count: 15)
    for (sample, label) in labels.enumerated() {
      let probability = result.probabilities[sample]
      let bin = min(14, max(0, Int((probability * 15).rounded(.up)) - 1))
      gaps[bin] += (result.predictions[sample] == label ? 1 : 0) - probability
    }
    return gaps.reduce(0) { $0 + abs($1) } / Double(labels.count) * 100
  }

  /// The logits of samples of which a share has, in one modality at random, another sample's input.
  private func swapped(
    _ modalities: [ModalityLogits], share: Double, seed: UInt64
  ) -> [ModalityLogits] {
    var generator = SeededGenerator(seed: seed, stream: "swapped")
    let count = modalities[0].sampleCount
    let victims = (0..<count).map { _ in
      generator.uniform() < share ? generator.integer(below: modalities.count) : -1
    }
    let others = (0..<count).map { _ in generator.integer(below: count) }
    return modalities.enumerated().map { place, modality in
      let sources = (0..<count).map { victims[$0] == place ? others[$0] : $0 }
      let width = modality.classCount
      return ModalityLogits(
        logits: sources.flatMap { modality.logits[$0 * width..<($0 + 1) * width] },
        present: modality.present, classCount: width,
        featureNorms: sources.map { modality.featureNorms[$0] })
    }
  }

  /// The mean of the paired differences, and its standard error.
  private func difference(
    _ rows: [Row], to rival: KeyPath<Row, Double>
  ) -> (mean: Double, error: Double) {
    let values = rows.map { $0.pool - $0[keyPath: rival] }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / Double(max(1, values.count - 1) * values.count)).squareRoot())
  }

  private func words(_ rows: [Row]) -> String {
    func mean(_ path: KeyPath<Row, Double>) -> String {
      let sum = rows.reduce(0.0) { $0 + $1[keyPath: path] }
      return "\((100 * sum / Double(rows.count)).rounded() / 100)"
    }
    return
      "robust_pool \(mean(\.pool)), average \(mean(\.average)), entropy \(mean(\.entropy)); ECE \(mean(\.poolError)), \(mean(\.averageError)), \(mean(\.entropyError))"
  }

  /// Trains, then asks the workers for logits as an evaluation does.
  private func trained(set: SyntheticOptions.Set, seed: UInt64) throws -> Logits {
    var job = try SmallJob(epochs: 60)
    let components = set == .lazy3 ? ["strong", "weak", "weaker"] : ["strong", "weak"]
    let modalities = components.map {
      "  \($0): {data: {kind: synthetic, set: \(set.rawValue), component: \($0)}}\n"
    }
    job.configuration = try RunConfiguration.parse(
      """
      classes: \(set == .lazy3 ? 10 : 6)
      epochs: 60
      seed: \(seed)
      data: {validation: 0.2}
      evaluation: {every: 100}
      optimizer: {lr: 0.02, momentum: 0.9, weight_decay: 0.0001, decay_epoch: 45}
      modalities:
      \(modalities.joined())
      """, file: "acceptance.yaml", baseDirectory: nil)
    try job.train("run")
    let found = Box(Logits())
    let (configuration, path) = (job.configuration, job.scratch["run"])
    try job.onRanks("run") { job in
      found.value = try Self.logits(
        of: configuration, RunDirectory(existing: path), endpoint: job.endpoint, job.console)
    }
    return found.value
  }

  private static func logits(
    of configuration: RunConfiguration, _ run: RunDirectory, endpoint: Endpoint, _ console: Console
  ) throws -> Logits {
    let session = try CoordinatorSession(
      configuration, endpoint: endpoint, host: "here", runDirectory: run.path,
      observer: RunReporter(configuration, directory: nil, console: console))
    let folder = try ModelDescription(of: run).weights
    let team = try Team(session, origin: RunOrigin(evaluating: folder, of: run.path))
    let leaders = session.layout.leaders
    let method = configuration.method.coordinator(
      of: CoordinatorRank(configuration: configuration, endpoint: endpoint, leaders: leaders))
    try HeadFile.restore(method.weights, from: "\(run.path)/\(folder)", isInspected: false)
    var directive = Directive()
    (directive.evaluate, directive.fitsFusion) = (.test, true)
    (directive.isReported, directive.isLast) = (true, true)
    for leader in leaders {
      try endpoint.send(directive, number: 0, to: leader)
      if let head = method.evaluatedHead {
        try endpoint.send(EvaluatedHead(head), number: 0, to: leader)
      }
    }
    func logits(_ split: EvaluatedSplit) throws -> [ModalityLogits] {
      try leaders.enumerated().map {
        try EpochEnd.receiveLogits(
          of: $0, from: $1, team.roster.rosters[split], epoch: 0, session, heads: 1, adding: nil)[0]
      }
    }
    let found = Logits(
      validation: try logits(.validation), shuffled: try logits(.validation),
      test: try logits(.test), validationLabels: team.roster.labels(of: .validation).map(Int.init),
      testLabels: team.roster.labels(of: .test).map(Int.init),
      trainLabels: team.roster.trainLabels.map(Int.init))
    for leader in leaders { _ = try endpoint.receive(WorkerReport(), number: 0, from: leader) }
    return found
  }
}
