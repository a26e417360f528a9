import Configuration
import Coordinator
import Exchange
import MLA
import TestSupport
import Testing

@testable import Experiments
@testable import Runs

/// An experiment whose runs were never made: what they would have left is written by hand, so that all that is
/// told of it can be worked out by hand, too.
struct HandmadeExperiment {
  /// What a model says of a split's samples.
  struct Said {
    /// The label of each sample.
    var labels: [Int]
    /// The class that each modality takes each sample for; -1: it does not have the sample.
    var classes: [[Int]]
    /// How much larger the logit of that class is than the others.
    var height: Float = 1
    /// What stands before the number of a sample in its id.
    var idsFrom: Int64 = 0
    /// The group of each sample; empty: each is one.
    var groups: [Int] = []

    /// Both modalities say the same: of samples of class 0, those in `right` are taken for it, the others for
    /// class 1.
    init(right: some Sequence<Int>, of count: Int) {
      labels = [Int](repeating: 0, count: count)
      let rightOnes = Set(right)
      let said = (0..<count).map { rightOnes.contains($0) ? 0 : 1 }
      classes = [said, said]
    }

    init(labels: [Int], classes: [[Int]]) { (self.labels, self.classes) = (labels, classes) }

    fileprivate var split: KeptLogits.Split {
      KeptLogits.Split(
        labels: labels, ids: labels.indices.map { idsFrom + Int64($0) },
        groups: groups.isEmpty ? Array(labels.indices) : groups,
        modalities: classes.map { said in
          ModalityLogits(
            logits: said.flatMap { own in (0..<6).map { $0 == own ? height : 0 } },
            present: said.map { $0 >= 0 }, classCount: 6,
            featureNorms: said.map { _ in 1 })
        }, own: nil)
    }
  }

  let small: SmallExperiment

  init(_ text: String) throws { small = try SmallExperiment("baselines: false\n" + text) }

  /// What a run of a point, a folder's name, leaves.
  func leave(
    _ point: String, seed: UInt64 = 0, test: Said, validation: Said? = nil,
    trainCounts: [Int] = [9, 1, 1, 1, 1, 1]
  ) throws {
    let run = try #require(small.plan.runs.first { $0.point == point && $0.seed == seed })
    let folder = "out/runs/\(point)/seed-\(seed)"
    try small.scratch.write(
      "{\"seconds\": 1, \"weights_sha256\": \"none\"}", to: "\(folder)/summary.json")
    var splits = [EvaluatedSplit.test: test.split]
    splits[.validation] = validation?.split
    try KeptLogits(trainCounts: trainCounts, pool: nil, splits: splits)
      .write(to: small.scratch["\(folder)/logits.safetensors"], of: run.configuration)
  }

  func findings() throws -> ExperimentFindings {
    try ExperimentFindings(small.plan, resamples: 2_000)
  }

  func report() throws -> ExperimentReport { ExperimentReport(try findings(), name: "handmade") }
}
