import Configuration
import Coordinator
import Foundation
import Methods
import Storage
import TestSupport
import Testing

@testable import Runs

/// Runs of several seeds that were cut off go on, and have the means that they would have had.
@Suite struct ResumingSeedsTests {
  private static let seeds: [UInt64] = [5, .max, 7]

  /// Expects the means of `name`, and all numbers of its runs, to be those of a job that nothing disturbed.
  private func expectSame(_ job: SmallJob, _ name: String, _ whole: String = "whole") throws {
    let means = try #require(job.scratch.text("\(name)/summary.json"))
    #expect(means == job.scratch.text("\(whole)/summary.json"))
    for seed in Self.seeds {
      #expect(
        try job.numbers("\(name)/seed-\(seed)") == job.numbers("\(whole)/seed-\(seed)"), "\(seed)")
    }
  }

  @Test(arguments: [
    (JointConcatenation() as any TrainingMethod, 1), (AlternatingAdaptation(), 2),
  ])
  func `the one that was cut off goes on, and what is trained is not trained again`(
    method: any TrainingMethod, place: Int
  ) throws {
    var job = try SmallJob(method, epochs: 2)
    job.configuration.checkpoint.every = .cycles(2)
    try job.train("whole", seeds: Self.seeds)
    #expect(throws: SmallJob.Death.self) {
      try job.train("cut", seeds: Self.seeds, dyingIn: place, after: 1)
    }
    #expect(job.scratch.text("cut/summary.json") == nil)
    func trained() -> [String?] {
      Self.seeds[..<place].flatMap { seed in
        ["log.txt", "metrics.jsonl", "summary.json"].map {
          job.scratch.text("cut/seed-\(seed)/\($0)")
        }
      }
    }
    let before = trained()
    #expect(!before.contains(nil))
    try job.resume("cut")
    #expect(trained() == before)
    try expectSame(job, "cut")
    let log = try #require(job.scratch.text("cut/seed-\(Self.seeds[place])/log.txt"))
    #expect(log.contains("\ngoing on after "))
    // A line a seed, in their order.
    let lines = job.said("cut").split(separator: "\n").filter { $0.hasPrefix("seed ") }
    #expect(lines.map { $0.split(separator: " ")[1] } == Self.seeds.map { "\($0)" })
    #expect(!job.scratch.names(in: "cut").contains("lock"))
  }

  @Test func `what died before its first checkpoint begins anew, without its remains`() throws {
    let job = try SmallJob(epochs: 2)
    try job.train("whole", seeds: Self.seeds)
    #expect(throws: SmallJob.Death.self) {
      try job.train("run", seeds: Self.seeds, dyingIn: 1)
    }
    let folder = "run/seed-\(Self.seeds[1])"
    // As a process that is killed leaves them.
    for file in ["lock", ".1f.partial", "weights/epoch-0001/encoder.strong.safetensors"] {
      try job.scratch.write("half", to: "\(folder)/\(file)")
    }
    try job.scratch.write("mine", to: "\(folder)/notes.txt")
    let before = job.scratch.names(in: folder)
    let error = #expect(throws: RunError.self) { try job.resume("run") }
    #expect(
      error?.description.replacing(job.scratch.path + "/", with: "")
        == "\(folder) holds no checkpoint, so that its run has to begin anew, but also what no run writes: notes.txt; move that away"
    )
    #expect(job.scratch.names(in: folder) == before.filter { $0 != "lock" })
    try job.scratch.remove("\(folder)/notes.txt")
    try job.resume("run")
    try expectSame(job, "run")
    #expect(
      job.scratch.names(in: "\(folder)/weights") == job.scratch.names(in: "whole/seed-5/weights"))
  }

  @Test func `more epochs are for all seeds`() throws {
    var job = try SmallJob(epochs: 2)
    try job.train("run", seeds: Self.seeds)
    let means = job.scratch.text("run/summary.json")
    try job.resume("run")
    #expect(
      job.said("run")
        == "the runs in run are over: all 2 epochs of 3 seeds are trained; for more of them, add --set epochs=N\n"
    )
    #expect(job.scratch.text("run/summary.json") == means)
    // Results that are lost are made again.
    try job.scratch.remove("run/summary.json")
    try job.resume("run")
    #expect(job.scratch.text("run/summary.json") == means)
    try job.resume("run") { $0.epochs = 3 }
    job.configuration.epochs = 3
    try job.train("whole", seeds: Self.seeds)
    #expect(job.scratch.text("run/summary.json") == job.scratch.text("whole/summary.json"))
    // Epoch 2 was the last one once, and is evaluated.
    for folder in Self.seeds.map({ "seed-\($0)" }) {
      #expect(try job.numbers("run/\(folder)").first == job.numbers("whole/\(folder)").first)
    }
    #expect(job.scratch.text("run/configuration.yaml")?.contains("\nepochs: 3\n") == true)
  }

  @Test func `what would make one of them another run is refused before anything is changed`()
    throws
  {
    let job = try SmallJob(epochs: 2)
    #expect(throws: SmallJob.Death.self) {
      try job.train("run", seeds: Self.seeds, dyingIn: 1)
    }
    let configuration = job.scratch.text("run/configuration.yaml")
    let refusals: [(@Sendable (inout RunConfiguration) -> Void, String)] = [
      (
        { $0.epochs = 1 },
        "epochs is 1, but 2 are trained already; leave it as it was, or train anew in another folder"
      ),
      (
        { $0.seed = 9 },
        "seed is 9, but each run has its own; leave it as it was, or train anew in another folder"
      ),
      (
        { $0.batchSize = 128 },
        "batch_size was 256 and is now 128; leave it as it was, or train anew in another folder"
      ),
    ]
    for (change, reason) in refusals {
      let error = #expect(throws: RunError.self) { try job.resume("run", change) }
      #expect(
        error?.description
          == "the run would not go on exactly, because of what is changed: \(reason)")
    }
    #expect(job.scratch.text("run/configuration.yaml") == configuration)
    try job.resume("run")
  }

  @Test func `what is refused for its data changes nothing`() throws {
    let job = try SmallJob(epochs: 1)
    try job.train("run", seeds: Self.seeds)
    let folder = job.scratch["run/seed-\(Self.seeds[0])/weights/epoch-0001"]
    let manifest = try CheckpointManifest(of: folder)
    var other = manifest
    other.parts[1].data = String(manifest.parts[1].data.reversed())
    try other.write(to: folder)
    func kept() -> [String?] {
      ["summary.json", "configuration.yaml"].map { job.scratch.text("run/\($0)") }
    }
    let before = kept()
    let error = #expect(throws: CoordinatorError.self) { try job.resume("run") { $0.epochs = 2 } }
    #expect(error?.description.contains("are not those that the run was trained on") == true)
    #expect(kept() == before)
    try manifest.write(to: folder)
    try job.resume("run") { $0.epochs = 2 }
    #expect(kept()[1]?.contains("\nepochs: 2\n") == true)
  }

  @Test func `files that are not what runs write are named`() throws {
    let job = try SmallJob(epochs: 1)
    #expect(throws: SmallJob.Death.self) {
      try job.train("run", seeds: Self.seeds, dyingIn: 1)
    }
    let foreign = "is not what a run writes; put it back from a copy"
    let cases = [
      (
        "seeds.json", #"{"format": 2, "seeds": [1]}"#, "has format 2, but this build reads format 1"
      ),
      (
        "seeds.json", #"{"format": 1, "seeds": [5, 5]}"#,
        "seeds: found [5, 5], expected different numbers"
      ),
      ("seeds.json", "[", foreign),
      ("seed-5/summary.json", "{}", foreign),
      (
        "seed-5/summary.json", #"{"seconds": 1, "split": "test"}"#,
        "has only some of split, fused and modalities"
      ),
      (
        "seed-5/summary.json",
        #"{"seconds": 1, "split": "test", "fused": {}, "modalities": {}}"#,
        "fused: found no 'entropy_logits'"
      ),
    ]
    for (file, text, problem) in cases {
      let before = try #require(job.scratch.text("run/\(file)"))
      try job.scratch.write(text, to: "run/\(file)")
      let error = #expect(throws: RunError.self) { try job.resume("run") }
      #expect(error?.description == "\(job.scratch["run/\(file)"]): \(problem)")
      try job.scratch.write(before, to: "run/\(file)")
    }
  }
}
