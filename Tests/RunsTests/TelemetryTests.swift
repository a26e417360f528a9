import Foundation
import Testing

@testable import Runs

/// What runs write of how turns interfere.
@Suite struct TelemetryTests {
  private func job(every: Int, turns: Bool = false) throws -> SmallJob {
    var job = try SmallJob()
    job.configuration.execution.telemetryEvery = every
    job.configuration.execution.recordsTurns = turns
    return job
  }

  private func objects(_ job: SmallJob, _ name: String) throws -> [[String: Any]] {
    try #require(job.scratch.text(name)).split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test func `an epoch's means are those of its turns`() throws {
    let job = try job(every: 2, turns: true)
    try job.train("run")
    let turns = try objects(job, "run/telemetry.jsonl")
    // Of 6 cycles an epoch, every second one, in each of which both modalities have a turn.
    #expect(turns.count == 4 * 6)
    #expect(Set(turns.compactMap { $0["cycle"] as? Int }) == [1, 3, 5])
    for (number, epoch) in try objects(job, "run/metrics.jsonl").enumerated() {
      let head = try #require(epoch["head"] as? [String: Any])
      let means = try #require(head["interference"] as? [String: Any])
      #expect(means["turns"] as? Int == 6)
      let own = turns.filter { $0["epoch"] as? Int == number + 1 }
      for (place, name) in ["strong", "weak"].enumerated() {
        let norms = own.filter { $0["modality"] as? String == name }
          .compactMap { $0["gradient_norm"] as? Double }
        let mean = try #require((means["gradient_norm"] as? [Double])?[place])
        #expect(norms.count == 3 && abs(mean - norms.reduce(0, +) / 3) < 1e-12 * mean)
      }
      let drift = try #require(means["drift"] as? Double)
      #expect(drift > 0)
    }
  }

  @Test func `a run that died has every turn once`() throws {
    let job = try job(every: 1, turns: true)
    try job.train("whole")
    for checkpoints in [1, 2] {
      #expect(throws: SmallJob.Death.self) {
        try job.train("cut\(checkpoints)", dyingAfter: checkpoints)
      }
      try job.resume("cut\(checkpoints)")
      #expect(
        job.scratch.text("cut\(checkpoints)/telemetry.jsonl")
          == job.scratch.text("whole/telemetry.jsonl"))
      #expect(try job.numbers("cut\(checkpoints)") == job.numbers("whole"))
    }
  }

  @Test func `it is switched off and on as a run goes on, and changes no weight`() throws {
    let off = try job(every: 0)
    try off.train("run")
    #expect(off.scratch.text("run/telemetry.jsonl") == nil)
    let lines = try objects(off, "run/metrics.jsonl")
    #expect(lines.allSatisfy { ($0["head"] as? [String: Any])?["interference"] == nil })
    let on = try job(every: 3, turns: true)
    #expect(throws: SmallJob.Death.self) { try on.train("run", dyingAfter: 2) }
    try on.resume("run") { ($0.execution.telemetryEvery, $0.execution.recordsTurns) = (0, false) }
    func hash(_ job: SmallJob) throws -> String {
      let text = try #require(job.scratch.text("run/summary.json"))
      let summary = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      return try #require(summary?["weights_sha256"] as? String)
    }
    #expect(try hash(on) == hash(off))
  }
}
