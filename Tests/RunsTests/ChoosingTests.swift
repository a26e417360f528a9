import Configuration
import Exchange
import Foundation
import MLA
import Methods
import Storage
import TestSupport
import Testing

@testable import Coordinator
@testable import Runs

/// `selection`: which model a run ends with, and when.
@Suite struct ChoosingTests {
  /// A run whose model gets worse again: it learns too fast.
  private func job(
    _ kind: String = "mla", keep: SelectionOptions.Keep = .best, patience: Int? = nil,
    epochs: Int = 8
  ) throws -> SmallJob {
    let method = try #require(MethodList.all.first { $0.kind == kind })
    var job = try SmallJob(method.init(), epochs: epochs)
    job.configuration.data.validationFraction = 0.04
    job.configuration.evaluation.every = 1
    job.configuration.fusion.kind = .averageLogits
    job.configuration.optimizer.learningRate = kind == "mla" ? 1.5 : 0.4
    for place in job.configuration.modalities.indices {
      job.configuration.modalities[place].optimizer = job.configuration.optimizer
    }
    job.configuration.selection.keep = keep
    job.configuration.selection.patience = patience
    job.configuration.checkpoint.keep = 1
    job.configuration.batchSize = 512
    return job
  }

  private struct Summary: Decodable {
    struct Kept: Decodable, Equatable {
      let policy: String
      let epoch, trained_epochs: Int
      let value: Double?
      let stopped_early: Bool
    }
    struct Score: Decodable, Equatable { let accuracy, balanced_accuracy, loss: Double }
    struct Validation: Decodable { let fused: [String: Score] }

    let kept: Kept
    let split: String
    let fused: [String: Score]
    let validation: Validation
  }

  private func summary(_ job: SmallJob, _ name: String) throws -> Summary {
    let text = try #require(job.scratch.text("\(name)/summary.json"))
    return try JSONDecoder().decode(Summary.self, from: Data(text.utf8))
  }

  private struct Line: Decodable {
    struct Score: Decodable { let accuracy, loss, balanced_accuracy: Double }
    let epoch: Int
    let split: String
    let fused: [String: Score]
    let learning_rate: [String: Double]
  }

  private func lines(_ job: SmallJob, _ name: String) throws -> [Line] {
    try #require(job.scratch.text("\(name)/metrics.jsonl")).split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
  }

  private func model(_ job: SmallJob, _ name: String) throws -> String {
    try ModelDescription(of: RunDirectory(existing: job.scratch[name])).weights
  }

  @Test(arguments: ["mla", "joint_concat"])
  func `the best model is kept, with and without a death in between`(kind: String) throws {
    let job = try job(kind)
    try job.train("whole")
    let whole = try summary(job, "whole")
    // Otherwise the test would say nothing.
    try #require(whole.kept.epoch < 8)
    #expect(whole.kept.policy == "best" && whole.kept.trained_epochs == 8)
    #expect(whole.split == "test" && !whole.kept.stopped_early)
    let lines = try lines(job, "whole")
    #expect(lines.map(\.epoch) == Array(1...8) && lines.allSatisfy { $0.split == "validation" })
    // The first of the best lines, by what the fusion gave before it was fitted.
    let named = ["joint", "average_logits"].first { lines[0].fused[$0] != nil } ?? ""
    let values = try lines.map { try #require($0.fused[named]).loss }
    #expect(whole.kept.value == values.min())
    #expect(values.firstIndex(of: values.min() ?? 0) == whole.kept.epoch - 1)
    #expect(whole.validation.fused[named]?.loss == whole.kept.value)
    let folder = CheckpointFolder.name(at: RunPosition(epoch: whole.kept.epoch))
    #expect(try model(job, "whole") == folder)
    #expect(job.checkpoints("whole") == ["weights/epoch-0008", folder])
    for checkpoints in kind == "mla" ? [4] : [2] {
      let name = "cut\(checkpoints)"
      #expect(throws: SmallJob.Death.self) { try job.train(name, dyingAfter: checkpoints) }
      try job.resume(name)
      #expect(try job.numbers(name) == job.numbers("whole"), "\(checkpoints)")
      #expect(try model(job, name) == folder)
    }
    // What is left is the model that was tested.
    try job.evaluate("whole")
    let fused = try #require(whole.fused[named]).accuracy
    #expect(job.said("whole").contains(Numerals.percent(fused)))
  }

  @Test func `patience ends a run, with and without a death in between`() throws {
    let job = try job(patience: 2, epochs: 30)
    try job.train("whole")
    let whole = try summary(job, "whole")
    #expect(whole.kept.stopped_early && whole.kept.trained_epochs == whole.kept.epoch + 2)
    try #require(whole.kept.trained_epochs < 30)
    #expect(try lines(job, "whole").count == whole.kept.trained_epochs)
    #expect(job.said("whole").contains("no better since: stopped"))
    #expect(throws: SmallJob.Death.self) { try job.train("cut", dyingAfter: 1) }
    try job.resume("cut")
    #expect(try job.numbers("cut") == job.numbers("whole"))
    // A death when all was trained, before the results.
    try job.scratch.remove("whole/summary.json")
    let numbers = try job.numbers("cut")
    try job.resume("whole")
    #expect(try job.numbers("whole") == numbers)
    try job.resume("whole")
    #expect(job.said("whole").contains("is over: it was stopped after epoch"))
    // The last model, with the same patience, is of the epoch where it ended.
    let last = try self.job(keep: .last, patience: 2, epochs: 30)
    try last.train("run")
    let kept = try summary(last, "run").kept
    #expect(kept.policy == "last" && kept.stopped_early && kept.value == nil)
    #expect(kept.epoch == whole.kept.trained_epochs && kept.trained_epochs == kept.epoch)
  }

  @Test func `a checkpoint whose best model is damaged is not gone on from`() throws {
    let job = try job()
    try job.train("run")
    let numbers = try job.numbers("run")
    let best = try model(job, "run")
    try job.scratch.remove("run/summary.json")
    try job.scratch.remove("run/\(best)/encoder.weak.safetensors")
    let error = #expect(throws: RunError.self) { try job.resume("run") }
    #expect(error?.description.contains("the best model before it, \(best): modality weak") == true)
    #expect(numbers.count == 9)
  }

  @Test func `a modality that ranks share gives the same model`() throws {
    let set = [
      "data.validation=0.3", "evaluation.every=1", "epochs=4", "optimizer.lr=0.3",
      "selection={keep: best, by: loss, patience: 3}", "class_weights=balanced",
      "label_smoothing=0.1",
    ]
    let one = try ReplicaJob(ranks: 1, set: set)
    let numbers = try one.numbers()
    try #require(try summary(one.job, "run").kept.epoch < 4)
    #expect(try ReplicaJob(ranks: 2, set: set).numbers() == numbers)
  }

  @Test func `all samples are trained on for as long as the best model was`() throws {
    var job = try job("separate", patience: 2, epochs: 12)
    job.configuration.fusion.kind = .robustPool
    job.configuration.fusion.refitsOnAll = true
    try job.train("run")
    let first = try summary(job, "run/held-out").kept
    try #require(first.epoch < 12)
    #expect(try model(job, "run") == CheckpointFolder.name(at: RunPosition(epoch: first.epoch)))
    let text = try #require(job.scratch.text("run/metrics.jsonl"))
    #expect(text.split(separator: "\n").count == first.epoch)
    try job.resume("run")
    #expect(job.said("run").contains("is over"))
  }

  @Test func `a run without a validation split says so once`() throws {
    var job = try job(keep: .last, epochs: 2)
    job.configuration.data.validationFraction = 0
    try job.train("run")
    let said = job.said("run")
    #expect(said.components(separatedBy: "no samples are held out").count == 2)
    #expect(try lines(job, "run").map(\.split) == ["test", "test"])
    // With one it does not.
    job.configuration.data.validationFraction = 0.04
    try job.train("held-out")
    #expect(!job.said("held-out").contains("no samples are held out"))
    #expect(
      try lines(job, "held-out")[1].learning_rate == ["strong": 1.5, "weak": 1.5, "head": 1.5])
  }

  @Test func `nothing to choose by is said before training`() throws {
    var job = try job()
    job.configuration.data.validationFraction = 0.0001
    let choose = #expect(throws: CoordinatorError.self) { try job.train("none") }
    #expect(choose == .nothingToChooseBy(validation: 0.0001))
    #expect(job.scratch.names(in: "none").isEmpty)
  }
}
