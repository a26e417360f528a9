import Configuration
import Methods
import Testing

@testable import Runs

/// Methods whose features cross, and one that trains in stages, as whole runs.
@Suite struct RivalRunTests {
  private static let methods: [any TrainingMethod] = [
    FilmTraining(), GatedTraining(),
    {
      var method = GatedTraining()
      (method.form, method.width) = (.gmu, 5)
      return method
    }(), boosting(.own), boosting(.shared),
  ]

  private static func boosting(_ heads: ReconBoost.Heads) -> ReconBoost {
    var method = ReconBoost()
    (method.stageEpochs, method.jointEpochs, method.heads) = (1, 1, heads)
    method.agreement = 0.5
    return method
  }

  /// The lines of the table of results.
  private func table(_ said: String) -> [String] {
    said.split(separator: "\n").map(String.init)
      .filter { $0.hasPrefix("fused, ") || $0.contains(" alone ") }
  }

  @Test(arguments: methods.indices)
  func `a run that died ends with the bits of one that did not, and is evaluated alike`(
    index: Int
  ) throws {
    var job = try SmallJob(Self.methods[index])
    // Samples that lack modalities, and a pool that is fitted to what each says alone.
    job.configuration.modalities[1].missingTrain = 0.3
    job.configuration.modalities[0].missingTest = 0.3
    job.configuration.data.validationFraction = 0.1
    job.configuration.fusion.kind = .robustPool
    try job.train("whole")
    let found = table(job.said("whole"))
    #expect(found.contains { $0.hasPrefix("fused, joint ") })
    #expect(found.contains { $0.hasPrefix("fused, robust_pool ") })
    for checkpoints in [1, 4] {
      #expect(throws: SmallJob.Death.self) {
        try job.train("cut\(checkpoints)", dyingAfter: checkpoints)
      }
      try job.resume("cut\(checkpoints)")
      #expect(try job.numbers("cut\(checkpoints)") == job.numbers("whole"))
    }
    try job.evaluate("whole")
    #expect(table(job.said("whole")) == found)
  }

  @Test(arguments: ["film", "{kind: gated, width: 5}", "{kind: gated, form: gmu}"])
  func `ranks may share a modality whose features cross`(method: String) throws {
    let set = ["execution.features_may_cross=true", "data.validation=0.2"]
    let one = try ReplicaJob(ranks: 1, method: method, set: set).numbers()
    #expect(one.count == 1 + 3)
    let shared = try ReplicaJob(ranks: 2, method: method, set: set)
    #expect(try shared.numbers() == one)
    try shared.job.evaluate("run")
  }

  @Test func `a run with too few epochs for all stages says which are left out`() throws {
    let job = try SmallJob(Self.boosting(.own), epochs: 2)
    try job.train("run")
    #expect(job.said("run").contains("method is reconboost: in 2 epochs weak has no stage"))
    let metrics = try #require(job.scratch.text("run/metrics.jsonl"))
    // The first epoch is one modality's, the second is that of all members, which is it again.
    #expect(try job.trained("run", epoch: 1) == ["strong": 1500, "weak": 0, "joint": 0])
    #expect(try job.trained("run", epoch: 2) == ["strong": 0, "weak": 0, "joint": 1500])
    #expect(metrics.contains("\"boost\""))
  }

  @Test func `a modality that lacks every sample stands aside in all stages`() throws {
    for heads in ReconBoost.Heads.allCases {
      let job = try SmallJob(Self.boosting(heads))
      #expect(throws: SmallJob.Death.self) { try job.train("cut", dyingAfter: 1) }
      try job.resume("cut", without: ["weak"])
      #expect(job.said("cut").contains("modality weak is absent"))
    }
  }
}
