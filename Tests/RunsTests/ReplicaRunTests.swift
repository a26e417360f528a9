import Configuration
import Methods
import Storage
import Testing

@testable import Runs

/// Runs whose modalities are shared by ranks: as many shards, the same bits.
@Suite struct ReplicaRunTests {
  @Test(arguments: [
    ("mla", []), ("mla", ["optimizer={kind: adamw, lr: 0.001, clip_norm: 0.5}"]),
    ("joint_concat", ["optimizer={kind: adamw, lr: 0.001}"]),
    ("separate", ["optimizer.clip_norm=0.5"]), ("mla", ["inactive_encoders=zero_grad"]),
  ])
  func `one, two and four ranks give the same numbers`(
    method: String, overrides: [String]
  ) throws {
    let one = try ReplicaJob(ranks: 1, method: method, set: overrides).numbers()
    #expect(one.count == 1 + 3)
    for ranks in [2, 4] {
      let found = try ReplicaJob(ranks: ranks, method: method, set: overrides).numbers()
      #expect(found == one, "\(ranks) ranks")
    }
  }

  @Test func `the number of shards changes bits, and the seed does`() throws {
    let four = try ReplicaJob(ranks: 2).numbers()
    let two = try ReplicaJob(
      ranks: 2, set: ["modalities.image.shards=2", "modalities.patches.shards=2"])
    #expect(try two.numbers() != four)
    #expect(try ReplicaJob(ranks: 2, set: ["seed=9"]).numbers() != four)
  }

  @Test func `a run goes on with another number of ranks, bit for bit`() throws {
    let whole = try ReplicaJob(ranks: 1).numbers()
    for (first, then) in [(4, 1), (1, 4), (2, 4), (4, 2)] {
      let cut = try ReplicaJob(ranks: first)
      #expect(throws: SmallJob.Death.self) { try cut.job.train("cut", dyingAfter: 3) }
      try cut.job.resume("cut") {
        for place in $0.modalities.indices { $0.modalities[place].ranks = then }
      }
      #expect(try cut.job.numbers("cut") == whole, "from \(first) to \(then) ranks")
      try cut.job.evaluate("cut")
    }
  }

  @Test func `a run does not go on with another number of shards`() throws {
    let cut = try ReplicaJob(ranks: 2)
    #expect(throws: SmallJob.Death.self) { try cut.job.train("cut", dyingAfter: 1) }
    let error = #expect(throws: RunError.self) {
      try cut.job.resume("cut") { $0.modalities[0].sharding.count = 2 }
    }
    #expect(error?.description.contains("modalities.image.shards was 4 and is now 2") == true)
  }

  @Test func `a modality that ranks share may be absent`() throws {
    let cut = try ReplicaJob(ranks: 2)
    #expect(throws: SmallJob.Death.self) { try cut.job.train("cut", dyingAfter: 3) }
    try cut.job.resume("cut", without: ["image"])
    #expect(cut.job.said("cut").contains("modality image is absent"))
    try cut.job.resume("cut") { $0.epochs = 5 }
    #expect(!cut.job.said("cut").contains("absent"))
  }

  @Test func `the table says which ranks share a modality`() throws {
    let job = try ReplicaJob(ranks: 2)
    try job.job.train("run")
    let said = job.job.said("run").split(separator: "\n")
    func row(_ name: String) -> [Substring]? {
      said.first { $0.hasPrefix(name) }?.split(separator: " ")
    }
    #expect(row("image")?.prefix(3) == ["image", "1-2", "here"], "\(said)")
    #expect(row("patches")?.prefix(3) == ["patches", "3-4", "here"])
    let summary = try #require(job.job.scratch.text("run/summary.json"))
    #expect(summary.split(separator: "\"role\" : \"image\"").count == 3)
  }
}
