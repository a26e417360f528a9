import Configuration
import Coordinator
import Exchange
import Foundation
import MLA
import Methods
import Storage
import TestSupport
import Testing

@testable import Runs

/// What a run leaves for experiments: the logits of its final weights.
@Suite struct KeptLogitsTests {
  private static func job(_ method: any TrainingMethod = AlternatingAdaptation()) throws -> SmallJob
  {
    var job = try SmallJob(method, epochs: 2)
    job.configuration.evaluation.keepsLogits = true
    job.configuration.data.validationFraction = 0.2
    return job
  }

  private func kept(_ job: SmallJob, _ name: String) throws -> KeptLogits {
    try KeptLogits(path: job.scratch["\(name)/logits.safetensors"], of: job.configuration)
  }

  private func accuracy(_ job: SmallJob, _ name: String, _ kind: String) throws -> Double {
    let text = try #require(job.scratch.text("\(name)/summary.json"))
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    guard case .object(let members) = value, case .object(let fused) = members["fused"],
      case .object(let found) = fused[kind], case .number(let accuracy) = found["accuracy"]
    else { return .nan }
    return accuracy
  }

  @Test(
    arguments: [
      AlternatingAdaptation(), SeparateTraining(), JointConcatenation(),
    ] as [any TrainingMethod])
  func `both splits are kept, and predict what the run predicted`(method: any TrainingMethod) throws
  {
    var job = try Self.job(method)
    try job.train("run")
    let logits = try kept(job, "run")
    #expect(Set(logits.splits.keys) == [.validation, .test])
    let test = try #require(logits.splits[.test])
    let fused = Fusion.fuse(test.modalities, kind: .averageLogits)
    let right = zip(fused.predictions, test.labels).count { $0 == $1 }
    let found = Double(right) / Double(test.labels.count)
    #expect(try accuracy(job, "run", "average_logits") == found)
    #expect(
      logits.trainCounts.reduce(0, +) + (logits.splits[.validation]?.labels.count ?? 0) == 1500)
    #expect((test.own != nil) == method.hasOneLoss)
    if let own = test.own {
      #expect(own.subsets.count == 4 && own.subsets[0].allSatisfy { $0 == -1 })
      let right = zip(own.subsets[3], test.labels).count { $0 == $1 }
      #expect(try accuracy(job, "run", "joint") == Double(right) / Double(test.labels.count))
      // Alone, a modality has the bias's other share too, which moves few samples.
      let alone = Fusion.fuse([test.modalities[1]], kind: .averageLogits).predictions
      #expect(zip(own.subsets[2], alone).count { $0 == $1 } > test.labels.count / 2)
    }
    #expect(test.groups == Array(test.labels.indices) && Set(test.ids).count == test.ids.count)
    // Keeping them changes nothing else.
    job.configuration.evaluation.keepsLogits = false
    try job.train("plain")
    #expect(try job.numbers("plain") == job.numbers("run"))
    #expect(job.scratch.text("plain/logits.safetensors") == nil)
  }

  @Test(arguments: [JointSummation(), FilmTraining()] as [any TrainingMethod])
  func `spoilt inputs and sums of features are kept with the test split`(
    method: any TrainingMethod
  ) throws {
    var job = try Self.job(method)
    job.configuration.epochs = 1
    job.configuration.evaluation.spoilt = [.noise, .blank]
    // Pieces of another size than a forward pass takes.
    job.configuration.evaluation.batchSize = 100
    try job.train("run")
    let logits = try kept(job, "run")
    let test = try #require(logits.splits[.test])
    let count = test.labels.count
    #expect(Set(test.spoilt.keys) == [.noise, .blank])
    #expect(logits.splits[.validation]?.spoilt.isEmpty == true)
    #expect(logits.splits[.validation]?.own?.spoilt.isEmpty == true)
    let blank = try #require(test.spoilt[.blank])
    let noise = try #require(test.spoilt[.noise])
    for (modality, own) in test.modalities.enumerated() {
      let first = Array(blank[modality].logits[..<6])
      #expect(blank[modality].logits == (0..<count).flatMap { _ in first })
      #expect(first != Array(own.logits[..<6]))
      // What is drawn for a sample is its own, and has next to nothing to say.
      #expect(Set(noise[modality].logits).count > count)
      let right = zip(Fusion.fuse([noise[modality]], kind: .averageLogits).predictions, test.labels)
        .count { $0 == $1 }
      #expect(Double(right) / Double(count) < 0.35)
    }
    #expect(test.centres.map(\.counts) == [[count, count], [count, count]])
    for centres in test.centres {
      let mean = try #require(centres.mean(beside: 0))
      let norm = mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(mean.count == job.configuration.features && norm > 0.05 && norm < 1)
    }
    let own = try #require(test.own)
    #expect(Set(own.spoilt.keys) == Set(SpoiltInput.allCases))
    #expect(own.spoilt.values.joined().allSatisfy { $0.count == count && $0 != own.subsets[3] })
    guard method is JointSummation else { return }
    let draw = SpoiltDraw(present: test.modalities.map(\.present), seed: 3)
    let swapped = zip(test.modalities, draw.partners).map { $0.taken(from: $1) }
    // The sum of logits and their average have the same largest class.
    for (kind, inputs) in test.spoilt.merging([.swapped: swapped], uniquingKeysWith: { $1 }) {
      for modality in 0..<2 {
        var mixed = test.modalities
        mixed[modality] = inputs[modality]
        let expected = Fusion.fuse(mixed, kind: .averageLogits, keepsScores: false).predictions
        #expect(own.spoilt[kind]?[modality] == expected, "\(kind) \(modality)")
      }
    }
    // Keeping more changes nothing else.
    job.configuration.evaluation.spoilt = []
    try job.train("plain")
    #expect(try job.numbers("plain") == job.numbers("run"))
    #expect(try kept(job, "plain").splits[.test]?.spoilt.isEmpty == true)
  }

  @Test func `spoilt inputs are the same from one rank and from two`() throws {
    func file(_ ranks: Int) throws -> KeptLogits {
      let job = try ReplicaJob(
        ranks: ranks,
        set: [
          "epochs=1", "batch_size=8", "evaluation.keep_logits=true", "evaluation.batch_size=7",
          "evaluation.keep_spoilt=[noise, blank]",
        ])
      _ = try job.numbers()
      return try KeptLogits(
        path: job.job.scratch["run/logits.safetensors"], of: job.job.configuration)
    }
    let (one, two) = (try #require(file(1).splits[.test]), try #require(file(2).splits[.test]))
    #expect(one.centres == two.centres && !one.centres.isEmpty)
    for kind in [SpoiltInput.noise, .blank] {
      #expect(one.spoilt[kind]?.map(\.logits) == two.spoilt[kind]?.map(\.logits))
    }
  }

  @Test func `a run that was cut off, or lost its file, has it when it is over`() throws {
    let job = try Self.job()
    try job.train("whole")
    let whole = try job.scratch.bytes("whole/logits.safetensors")
    #expect(throws: SmallJob.Death.self) { try job.train("cut", dyingAfter: 1) }
    #expect(job.scratch.text("cut/logits.safetensors") == nil)
    try job.resume("cut")
    #expect(try job.scratch.bytes("cut/logits.safetensors") == whole)
    #expect(try job.numbers("cut").first == job.numbers("whole").first)
    try job.scratch.remove("whole/logits.safetensors")
    try job.resume("whole")
    #expect(try job.scratch.bytes("whole/logits.safetensors") == whole)
  }

  @Test func `without a validation split there is the test split alone`() throws {
    var job = try Self.job()
    job.configuration.data.validationFraction = 0
    try job.train("run")
    #expect(try kept(job, "run").splits.keys.map(\.rawValue) == ["test"])
  }

  @Test func `a file of another run is refused`() throws {
    var job = try Self.job()
    try job.train("run")
    job.configuration.classes = ["a", "b"]
    #expect(throws: FileError.self) { try kept(job, "run") }
  }
}
