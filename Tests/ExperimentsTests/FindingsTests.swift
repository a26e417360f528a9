import TestSupport
import Testing

@testable import Experiments

/// What is told of runs whose every prediction is known.
@Suite struct FindingsTests {
  private typealias Said = HandmadeExperiment.Said

  private func close(_ found: Double?, _ expected: Double, within: Double = 1e-12) -> Bool {
    found.map { abs($0 - expected) <= within } ?? false
  }

  @Test func `differences are those of pairs, corrected for all rows`() throws {
    let experiment = try HandmadeExperiment(
      "variants: {plain: {}, good: {hgm.lambda: 1}, odd: {hgm.lambda: 2}}\nseeds: 0-5")
    for seed in 0..<6 {
      // 5 of 10; 6 or 7; 6 or 4, four times more and twice less.
      let odd = [6, 4, 6, 4, 6, 6][seed]
      try experiment.leave("plain", seed: UInt64(seed), test: Said(right: 0..<5, of: 10))
      try experiment.leave(
        "good", seed: UInt64(seed), test: Said(right: 0..<6 + seed % 2, of: 10))
      try experiment.leave("odd", seed: UInt64(seed), test: Said(right: 0..<odd, of: 10))
    }
    let rows = try experiment.findings().rows
    #expect(rows[0].difference == nil && close(rows[0].moments(\.accuracy)?.mean, 0.5))
    #expect(close(rows[1].moments(\.accuracy)?.mean, 0.65))
    let (good, odd) = (try #require(rows[1].difference), try #require(rows[2].difference))
    #expect(close(good.moments.mean, 0.15) && close(odd.moments.mean, 0.2 / 6))
    // All of one sign: 2 of 64. Of six signs, binomial(6, 3) = 20 of 64 sums are nearer to 0 than 2.
    #expect(close(good.p, 2.0 / 64) && close(odd.p, 44.0 / 64))
    #expect(close(good.holm, 4.0 / 64) && close(odd.holm, 44.0 / 64))
    #expect(good.mcNemar == nil && good.overBoth != nil)
    let table = try experiment.report().results
    let first = try #require(table.header.firstIndex(of: "difference"))
    let printed = table.rows.map { Array($0[first...].prefix(3)) }
    #expect(printed[0] == ["reference", "-", "-"])
    #expect(printed[1] == ["+15.00", "0.031", "0.063"])
    #expect(printed[2] == ["+3.33", "0.688", "0.688"])
  }

  @Test func `seeds that a variant has not are left out of its pairs alone`() throws {
    let experiment = try HandmadeExperiment(
      "variants: {plain: {}, cut: {hgm.lambda: 1}, whole: {hgm.lambda: 2}}\nseeds: 0-5")
    for seed in 0..<6 {
      try experiment.leave("plain", seed: UInt64(seed), test: Said(right: 0..<seed, of: 10))
      try experiment.leave("whole", seed: UInt64(seed), test: Said(right: 0..<seed + 1, of: 10))
      guard seed == 5 else { continue }
      try experiment.leave("cut", seed: UInt64(seed), test: Said(right: 0..<3, of: 10))
    }
    let report = try experiment.report()
    let (cut, whole) = (report.rows[1], report.rows[2])
    // To what the reference has with that seed, 0.5, not to its mean.
    #expect(cut.difference.map { close($0.moments.mean, -0.2) } == true)
    // One pair of six is no experiment with one seed.
    #expect(cut.difference?.p == nil && cut.difference?.holm == nil)
    #expect(report.results.rows[1].contains("not testable with 1 seed"))
    #expect(close(whole.difference?.holm, 2.0 / 64))
    #expect(report.remarks[0] == "13 of 18 runs are over: these tables are not the last word")
    #expect(!report.remarks.contains { $0.contains("McNemar") })
  }

  @Test func `two single runs are compared by McNemar's test`() throws {
    let experiment = try HandmadeExperiment("variants: {plain: {}, good: {hgm.lambda: 1}}")
    // Only the first has 0; only the second 5 to 11; both 1 to 4.
    try experiment.leave("plain", test: Said(right: 0..<5, of: 20))
    try experiment.leave("good", test: Said(right: 1..<12, of: 20))
    let difference = try #require(try experiment.findings().rows[1].difference)
    #expect(close(difference.moments.mean, 0.3) && difference.test.p == nil)
    // 2 (1 + 8) / 256.
    #expect(close(difference.p, 18.0 / 256) && close(difference.holm, 18.0 / 256))
    let samples = try #require(difference.overSamples)
    #expect(0.0...0.15 ~= samples.low && 0.45...0.6 ~= samples.high && difference.overBoth == nil)
  }

  @Test func `other test samples are no pairs`() throws {
    let experiment = try HandmadeExperiment("variants: {plain: {}, good: {hgm.lambda: 1}}")
    var other = Said(right: 0..<12, of: 20)
    other.idsFrom = 100
    try experiment.leave("plain", test: Said(right: 0..<5, of: 20))
    try experiment.leave("good", test: other)
    let difference = try #require(try experiment.findings().rows[1].difference)
    #expect(close(difference.moments.mean, 0.35))
    #expect(difference.overSamples == nil && difference.mcNemar == nil && difference.p == nil)
    // Nor are the same ones with other labels.
    var torn = Said(right: 0..<12, of: 20)
    torn.labels[19] = 3
    try experiment.leave("good", test: torn)
    #expect(try experiment.findings().rows[1].difference?.mcNemar == nil)
  }

  @Test func `intervals draw groups, not samples`() throws {
    func width(_ groups: [Int]) throws -> Double {
      let experiment = try HandmadeExperiment("variants: {plain: {}, good: {hgm.lambda: 1}}")
      for (point, right) in [("plain", 0..<0), ("good", 0..<20)] {
        var said = Said(right: right, of: 40)
        said.groups = groups
        try experiment.leave(point, test: said)
      }
      let interval = try #require(try experiment.findings().rows[1].difference?.overSamples)
      return interval.high - interval.low
    }
    // 40 samples, or ten groups of four alike: twice as wide.
    let (alone, grouped) = (try width([]), try width((0..<40).map { $0 / 4 }))
    #expect(abs(grouped / alone - 2) < 0.35, "\(alone) \(grouped)")
  }

  @Test func `samples that all seeds have are drawn for all of them at once`() throws {
    let experiment = try HandmadeExperiment(
      "variants: {plain: {}, good: {hgm.lambda: 1}}\nseeds: 0-1")
    for seed in 0..<2 {
      try experiment.leave("plain", seed: UInt64(seed), test: Said(right: 0..<0, of: 40))
      try experiment.leave("good", seed: UInt64(seed), test: Said(right: 0..<20, of: 40))
    }
    let interval = try #require(try experiment.findings().rows[1].difference?.overSamples)
    // As wide as that of one seed, 0.3; drawn by themselves, errors of 0.079 would make 0.22.
    #expect(abs(interval.high - interval.low - 0.3) < 0.04)
  }

  @Test func `tables by class and by rate`() throws {
    let experiment = try HandmadeExperiment(
      "variants: {mla: {}}\nconditions: {missing: {rates: [0, 1]}, subsets: true}")
    // Class 0 is found in two of three, and is taken for where it is not in one of three.
    var said = Said(
      labels: [0, 0, 0, 1, 2, 2], classes: [[0, 0, 1, 0, 2, 2], [0, 0, 1, 0, 2, 2]])
    said.classes[1][5] = -1
    try experiment.leave("mla", test: said)
    let report = try experiment.report()
    #expect(report.classes?.rows[0].prefix(4) == ["mla", "66.67", "0.00", "100.00"])
    #expect(report.missing?.rows[0][1] == "66.67")
    try report.write()
    #expect(
      experiment.small.scratch.text("out/confusion.csv")
        == "method,label,prediction,count\nmla,0,0,2\nmla,0,1,1\nmla,1,0,1\nmla,2,2,2\n")
    // Nobody: class 0, three of six. The first: four; the second: four, of which the last is unknown to it.
    #expect(report.subsets?.rows[0] == ["mla", "50.00", "66.67", "50.00", "66.67"])
    // ((4 - 3) + (4 - 3)) / 2 and ((3 - 3) + (4 - 4)) / 2 of six.
    #expect(report.contributions?.rows[0] == ["mla", "16.67", "0.00", "16.67", "16.67"])
  }

  /// What does best on test samples is not what does best on validation samples.
  @Test func `the best of a sweep is that on validation samples, whatever test samples say`() throws
  {
    let text =
      "variants: {mla: {}}\ngrid: {optimizer.lr: [0.1, 0.2, 0.3]}\nselect: validation\nseeds: 0-1"
    let experiment = try HandmadeExperiment(text)
    func leave(_ rate: String, _ seeds: [UInt64], test: Int, validation: Int) throws {
      for seed in seeds {
        try experiment.leave(
          "mla-optimizer.lr-\(rate)", seed: seed, test: Said(right: 0..<test, of: 10),
          validation: Said(right: 0..<validation, of: 10))
      }
    }
    try leave("0.1", [0, 1], test: 9, validation: 5)
    try leave("0.2", [0, 1], test: 2, validation: 6)
    // One seed was lucky, the other is not there.
    try leave("0.3", [0], test: 10, validation: 10)
    let report = try experiment.report()
    #expect(report.rows.map(\.name) == ["mla, optimizer.lr 0.2"])
    #expect(report.sweep?.rows.map { $0[3] } == ["", "yes", ""])
    #expect(try HandmadeExperiment(text).report().sweep?.rows.map { $0[3] } == ["", "", ""])
    // The sweep is not all there, though the row that was selected is.
    #expect(report.remarks[0] == "5 of 6 runs are over: these tables are not the last word")
    try leave("0.3", [1], test: 0, validation: 2)
    // 0.6 twice: the first of equals.
    #expect(try experiment.report().rows.map(\.name) == ["mla, optimizer.lr 0.2"])
  }

  @Test func `a reference that failed is compared with nothing`() throws {
    let experiment = try HandmadeExperiment("variants: {plain: {}, good: {hgm.lambda: 1}}")
    try experiment.leave("good", test: Said(right: 0..<5, of: 10))
    // It failed after it had written what tables are made of.
    try experiment.leave("plain", test: Said(right: 0..<5, of: 10))
    let report = ExperimentReport(
      try ExperimentFindings(experiment.small.plan, failures: [0: "no luck"]), name: "handmade")
    #expect(report.results.rows.map { $0[1] } == ["failed", "1"])
    #expect(!report.results.rows[1].contains("reference"))
    #expect(
      report.remarks == [
        "1 of 2 runs are over: these tables are not the last word",
        "the reference has no run that is over, so nothing is compared; reference: NAME takes another",
        "plain · seed 0 failed: no luck",
      ])
    let column = try #require(report.runs.header.firstIndex(of: "failure"))
    #expect(report.runs.rows.map { $0[column] } == ["no luck", ""])
  }

  @Test func `a run whose logits cannot be read has failed, and the others are told of`() throws {
    let experiment = try HandmadeExperiment("variants: {plain: {}, good: {hgm.lambda: 1}}")
    for point in ["plain", "good"] {
      try experiment.leave(point, test: Said(right: 0..<5, of: 10))
    }
    try experiment.small.scratch.write("rubbish", to: "out/runs/good/seed-0/logits.safetensors")
    let report = try experiment.report()
    #expect(report.results.rows.map { $0[1] } == ["1", "failed"])
    #expect(report.remarks.last?.hasPrefix("good · seed 0 failed: ") == true)
    #expect(report.remarks.last?.contains("good/seed-0/logits.safetensors") == true)
  }

  @Test func `without test samples there is nothing to tell`() throws {
    let experiment = try HandmadeExperiment("variants: {plain: {}}")
    try experiment.leave("plain", test: Said(right: 0..<0, of: 0))
    #expect(
      try experiment.report().remarks.last
        == "plain · seed 0 failed: it has no test samples, and an experiment compares nothing else")
  }
}
