import Configuration
import Coordinator
import Foundation
import MLA
import Storage
import Testing

@testable import Runs

/// An order of turns that follows from validation losses, however a run is made.
@Suite struct TurnOrderTests {
  /// A job whose five cycles an epoch have a checkpoint at an epoch's end, too.
  private func job(_ rule: TurnRanking) throws -> SmallJob {
    var job = try SmallJob()
    job.configuration.data.validationFraction = 0.2
    job.configuration.orderRule = rule
    job.configuration.evaluation.every = 1
    job.configuration.checkpoint.every = .cycles(5)
    job.configuration.checkpoint.keep = 9
    return job
  }

  /// The order and the losses of each epoch.
  private func history(
    _ job: SmallJob, _ name: String = "run"
  ) throws -> [(order: [String], losses: [String: Double])] {
    let lines = try #require(job.scratch.text("\(name)/metrics.jsonl")).split(separator: "\n")
    return try lines.map { line in
      let object = try #require(
        JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let modalities = object["modalities"] as? [String: [String: Double]] ?? [:]
      return (
        try #require(object["order"] as? [String]), modalities.compactMapValues { $0["loss"] }
      )
    }
  }

  @Test(arguments: TurnRanking.allCases)
  func `each epoch goes by the losses of the one before, the first as listed`(
    rule: TurnRanking
  ) throws {
    let job = try job(rule)
    try job.train("run")
    let history = try history(job)
    #expect(history.count == 4 && history[0].order == ["strong", "weak"])
    for (before, after) in zip(history, history.dropFirst()) {
      let (strong, weak) = (
        try #require(before.losses["strong"]), try #require(before.losses["weak"])
      )
      let weakest = strong >= weak ? ["strong", "weak"] : ["weak", "strong"]
      #expect(after.order == (rule == .weakestFirst ? weakest : weakest.reversed()))
    }
    // Otherwise the test would say nothing.
    #expect(Set(history.map(\.order)).count == 2)
  }

  @Test func `a run that died goes on in the order that it had`() throws {
    let job = try job(.weakestFirst)
    try job.train("whole")
    for checkpoints in [1, 2] {
      #expect(throws: SmallJob.Death.self) {
        try job.train("cut\(checkpoints)", dyingAfter: checkpoints)
      }
      try job.resume("cut\(checkpoints)")
      #expect(try job.numbers("cut\(checkpoints)") == job.numbers("whole"), "\(checkpoints)")
    }
    var within = job
    within.configuration.checkpoint.every = .cycles(4)
    #expect(throws: SmallJob.Death.self) { try within.train("within", dyingAfter: 2) }
    try within.resume("within")
    #expect(try within.numbers("within") == job.numbers("whole"))
  }

  @Test func `ranks that share a modality, and drifting encoders, give the same numbers`() throws {
    let set = [
      "order=weakest_first", "data.validation=0.3", "evaluation.every=1",
      "inactive_encoders=zero_grad",
    ]
    let one = try ReplicaJob(ranks: 1, set: set)
    let numbers = try one.numbers()
    #expect(try ReplicaJob(ranks: 2, set: set).numbers() == numbers)
    let listed = try ReplicaJob(ranks: 1, set: ["order=[image, patches]"] + set.dropFirst())
    let reversed = try ReplicaJob(ranks: 1, set: ["order=[patches, image]"] + set.dropFirst())
    // Else the order is one of these all the time.
    #expect(try listed.numbers() != numbers || reversed.numbers() != numbers)
  }

  @Test func `a modality that is absent comes last`() throws {
    let job = try job(.weakestFirst)
    #expect(throws: SmallJob.Death.self) { try job.train("run", dyingAfter: 2) }
    try job.resume("run", without: ["weak"])
    let orders = try history(job).map(\.order)
    #expect(orders.last == ["strong", "weak"], "\(orders)")
    try job.resume("run", allowsInexact: true) { $0.epochs = 6 }
    #expect(try history(job).last?.order == ["weak", "strong"])
  }

  @Test func `a validation split without samples is refused`() throws {
    var job = try job(.weakestFirst)
    job.configuration.data.validationFraction = 1e-6
    let error = #expect(throws: CoordinatorError.self) { try job.train("run") }
    #expect(
      error?.description
        == "order: weakest_first goes by losses on the validation split, but with data.validation 1e-06 that has no samples; raise it, give more samples, or list the modalities"
    )
  }

  @Test func `more epochs and other evaluations would change the order`() throws {
    let job = try job(.weakestFirst)
    #expect(throws: SmallJob.Death.self) { try job.train("run", dyingAfter: 1) }
    let changes: [@Sendable (inout RunConfiguration) -> Void] = [
      { $0.epochs = 5 }, { $0.evaluation.every = 2 },
    ]
    for change in changes {
      #expect(throws: RunError.self) { try job.resume("run", change) }
    }
  }
}
