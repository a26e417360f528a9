import Configuration
import Coordinator
import Exchange
import Foundation
import MLA
import Runs
import Storage
import Testing

@testable import Experiments

/// Spoilt inputs as a condition, and the modality gap.
@Suite struct SpoiltConditionTests {
  private static func experiment() throws -> SmallExperiment {
    try SmallExperiment(
      """
      variants: {mla: {}, joint: {method: joint_sum}}
      seeds: [4]
      baselines: false
      fusions: [own, average_logits]
      settings: {fusion: entropy_logits}
      conditions: {spoilt: {rates: [0, 0.5, 1]}, missing: {rates: [0.5]}}
      gap: true
      """)
  }

  @Test func `accuracies are those of spoilt logits, drawn alike for all variants`() throws {
    let experiment = try Self.experiment()
    try ExperimentRunner(experiment.plan, starter: InProcess(), atOnce: 1).run()
    let findings = try ExperimentFindings(experiment.plan, resamples: 20)
    for row in findings.rows {
      for (cell, seed) in zip(row.cells, experiment.plan.description.seeds) {
        let cell = try #require(cell)
        #expect(cell.spoilt.count == 3 && cell.spoilt.allSatisfy { $0[0] == cell.accuracy })
        let run = experiment.plan.directory(of: row.point, seed: seed)
        let test = try #require(
          KeptLogits(path: "\(run)/logits.safetensors", of: row.point.configuration).splits[.test])
        // Two of the rows are an average of logits, one by its name and one by the sum of logits.
        let isAverage = row.fusion == .kind(.averageLogits)
        guard isAverage || row.name == "joint · own" else { continue }
        for (place, kind) in [SpoiltInput.swapped, .noise, .blank].enumerated() {
          let expected = Self.accuracies(test, kind, seed: seed)
          for (found, expected) in zip(cell.spoilt[place], expected) {
            // A tie of two logits may be rounded either way.
            #expect(abs(try #require(found) - expected) < 0.002, "\(row.name) \(kind)")
          }
        }
      }
    }
    // What is spoilt costs something, and all of it more.
    let means = try (0..<3).map { rate in
      try #require(findings.rows[0].moments { $0.spoilt[0][rate] }).mean
    }
    #expect(means[2] < means[1] && means[1] < means[0])

    let report = ExperimentReport(findings, name: "small")
    #expect(
      report.tables.map(\.name) == [
        "results", "missing", "spoilt", "gap", "calibration", "classes",
      ])
    #expect(report.tables[2].header[1...3] == ["swapped 0.00", "swapped 0.50", "swapped 1.00"])
    #expect(report.tables[2].rows.count == 4)
    let gap = report.tables[3]
    #expect(
      gap.header == [
        "method", "head", "gap strong - weak", "cosine strong - weak", "cone strong", "cone weak",
      ])
    #expect(
      gap.rows.map { $0[0] } == ["mla", "joint"] && gap.rows.map { $0[1] } == ["shared", "own"])
    #expect(report.remarks.contains { $0.hasSuffix("is no property of the data: joint") })
    try report.write()
    let files = experiment.scratch.names(in: "out")
    let pictures = ["spoilt-swapped.svg", "spoilt-noise.svg", "spoilt-blank.svg"]
    #expect(Set(pictures + ["spoilt.csv", "gap.csv"]).isSubset(of: files))
    let runs = report.runs
    let column = try #require(runs.header.firstIndex(of: "spoilt.noise.0.5"))
    #expect(runs.rows[0][column] == findings.rows[0].finished[0].spoilt[1][1].map { "\($0)" })
    #expect(runs.header.contains("gap.strong.weak") && runs.header.contains("cone.weak"))
    try Self.check(gap, of: findings, experiment)
  }

  /// The accuracy of averaged logits at rates 0, 0.5 and 1, sample by sample from the files.
  private static func accuracies(
    _ test: KeptLogits.Split, _ kind: SpoiltInput, seed: UInt64
  ) -> [Double] {
    let draw = SpoiltDraw(present: test.modalities.map(\.present), seed: seed)
    return [0, 0.5, 1].map { rate in
      let spoilt = draw.modalities(spoiltAt: rate)
      let right = test.labels.indices.count { sample in
        var sums = [Float](repeating: 0, count: 6)
        for (place, modality) in test.modalities.enumerated() {
          let isSpoilt = spoilt[sample] == place
          let source = isSpoilt && kind == .swapped ? draw.partners[place][sample] : sample
          let logits =
            isSpoilt && kind != .swapped ? test.spoilt[kind]?[place].logits ?? [] : modality.logits
          for label in 0..<6 { sums[label] += logits[source * 6 + label] }
        }
        return sums.indices.max { sums[$0] < sums[$1] } == test.labels[sample]
      }
      return Double(right) / Double(test.labels.count)
    }
  }

  /// The first row's gap, from the sums in the files.
  private static func check(
    _ gap: TitledTable, of findings: ExperimentFindings, _ experiment: SmallExperiment
  ) throws {
    let distances = try experiment.plan.description.seeds.map { seed in
      let point = findings.rows[0].point
      let run = experiment.plan.directory(of: point, seed: seed)
      let centres = try #require(
        KeptLogits(path: "\(run)/logits.safetensors", of: point.configuration).splits[.test]
      ).centres
      #expect(centres[0].counts == centres[1].counts && centres[0].counts[0] > 500)
      let count = Double(centres[0].counts[0])
      // All samples have both: the sums over the pairs are those over all.
      let squares = (0..<16).map { place in
        let difference = (centres[0].sums[place] - centres[1].sums[place]) / count
        return difference * difference
      }
      return squares.reduce(0, +).squareRoot()
    }
    let mean = distances[0]
    let shown = try #require(Double(gap.rows[0][2].prefix(5)))
    #expect(abs(shown - mean) <= 0.0005 + 1e-9 && mean > 0 && mean < 2)
  }
}
