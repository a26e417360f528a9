import Configuration
import Exchange
import Methods
import Storage
import Testing

@testable import Runs

/// A run that was cut off goes on, and ends as if nothing had been.
@Suite struct ResumingTests {
  /// AdamW remembers more than SGD, for whatever a method moves. One method of each conversation: what the other
  /// joint methods remember, `MethodsTests` loses and finds.
  @Test(arguments: [
    ("mla", "sgd"), ("mla", "adamw"), ("separate", "adamw"), ("joint_concat", "adamw"),
    ("mmpareto", "adamw"),
  ])
  func `a run that died ends with the bits of one that did not`(
    kind: String, optimizer: String
  ) throws {
    let method = try #require(MethodList.all.first { $0.kind == kind })
    var job = try SmallJob(method.init())
    if optimizer == "adamw" {
      job.configuration.optimizer.kind = .adamw
      for place in job.configuration.modalities.indices {
        job.configuration.modalities[place].optimizer = job.configuration.optimizer
      }
    }
    try job.train("whole")
    // In the middle of an epoch, at the first checkpoint and later.
    for checkpoints in [1, 4] {
      #expect(throws: SmallJob.Death.self) {
        try job.train("cut\(checkpoints)", dyingAfter: checkpoints)
      }
      try job.resume("cut\(checkpoints)")
      #expect(try job.numbers("cut\(checkpoints)") == job.numbers("whole"))
    }
    #expect(try job.numbers("whole").count == 1 + job.configuration.epochs)
  }

  @Test func `with checkpoints and without, the bits are the same`() throws {
    var job = try SmallJob()
    try job.train("often")
    job.configuration.checkpoint.every = .epochs(100)
    try job.train("once")
    #expect(try job.numbers("often") == job.numbers("once"))
    #expect(job.checkpoints("once") == ["weights/epoch-0004"])
  }

  @Test func `the last checkpoints are kept, and no others`() throws {
    var job = try SmallJob()
    job.configuration.checkpoint.keep = 2
    try job.train("run")
    // 1,500 samples make 6 cycles an epoch.
    #expect(
      job.scratch.names(in: "run/weights") == ["epoch-0003-cycle-00002", "epoch-0004"])
    #expect(job.checkpoints("run") == ["weights/epoch-0004", "weights/epoch-0003-cycle-00002"])
  }

  @Test func `a run that is over says so, and goes on with more epochs`() throws {
    let job = try SmallJob(epochs: 2)
    try job.train("run")
    try job.resume("run")
    #expect(
      job.said("run")
        == "the run in run is over: all 2 epochs are trained; for more of them, add --set epochs=N\n"
    )
    try job.resume("run") { $0.epochs = 4 }
    let whole = try SmallJob()
    try whole.train("whole")
    // Epoch 2 was the last one once, and is evaluated.
    #expect(try job.numbers("run").first == whole.numbers("whole").first)
    #expect(try job.numbers("run").count == 1 + 4)
    #expect(job.scratch.text("run/configuration.yaml")?.contains("\nepochs: 4\n") == true)
  }

  @Test func `a run that died after its last checkpoint only needs its results`() throws {
    let job = try SmallJob(epochs: 2)
    try job.train("run")
    let numbers = try job.numbers("run")
    for file in ["summary.json", "classes.csv", "environment.json"] {
      try job.scratch.remove("run/\(file)")
    }
    try job.resume("run")
    #expect(try job.numbers("run") == numbers)
  }

  @Test func `what changes the bits is refused, or allowed by name`() throws {
    let job = try SmallJob()
    #expect(throws: SmallJob.Death.self) { try job.train("run", dyingAfter: 2) }
    let refusals: [(String, @Sendable (inout RunConfiguration) -> Void, String)] = [
      (
        "seed", { $0.seed = 9 },
        "seed was 3 and is now 9; leave it as it was, or add --allow-inexact"
      ),
      (
        "batch", { $0.batchSize = 128 },
        "batch_size was 256 and is now 128; leave it as it was, or train anew in another folder"
      ),
      (
        "epochs", { $0.epochs = 0 },
        "epochs is 0, but 1 are trained already; leave it as it was, or train anew in another folder"
      ),
    ]
    for (name, change, reason) in refusals {
      let error = #expect(throws: RunError.self) { try job.resume("run", change) }
      #expect(
        error?.description
          == "the run would not go on exactly, because of what is changed: \(reason)", "\(name)")
    }
    try job.resume("run", allowsInexact: true) {
      $0.seed = 9
      $0.execution.deadlineSeconds = 20
      $0.checkpoint.keep = 1
    }
    #expect(job.scratch.text("run/summary.json")?.contains("\"seed\" : 9") == true)
  }

  @Test func `a folder without a checkpoint has none to go on from`() throws {
    let job = try SmallJob()
    #expect(throws: SmallJob.Death.self) { try job.train("run", dyingAfter: 1) }
    try job.scratch.remove("run/weights")
    let error = #expect(throws: RunError.self) { try job.resume("run") }
    #expect(
      error?.description
        == "\(job.scratch["run"]) holds no checkpoint to go on from; train anew, in another folder"
    )
    #expect(job.scratch.text("run/metrics.jsonl") != nil)
  }
}
