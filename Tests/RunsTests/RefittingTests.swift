import Configuration
import Foundation
import MLA
import Storage
import Testing

@testable import Coordinator
@testable import Runs

/// `fusion.refit_on_all`: a fit to held-out samples, then a training on all.
@Suite struct RefittingTests {
  /// Of 1,500 training samples of lazy2, 60 are held out.
  private func job(
    refits: Bool = true, validation: Double = 0.04, epochs: Int = 1
  ) throws -> SmallJob {
    var job = try SmallJob(epochs: epochs)
    job.configuration.data.validationFraction = validation
    job.configuration.fusion.kind = .robustPool
    job.configuration.fusion.refitsOnAll = refits
    return job
  }

  private func member(_ name: String, of text: String?) throws -> String {
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(try #require(text).utf8))
    guard case .object(let members) = value, let member = members[name] else { return "nothing" }
    return try member.text(pretty: false)
  }

  /// What a pool is made of, without what it is of.
  private func pool(_ job: SmallJob, _ folder: String) throws -> [String] {
    let text = job.scratch.text("\(folder)/fusion.json")
    return try ["modalities", "prior", "scale", "samples", "fused"].map {
      try member($0, of: text)
    }
  }

  private func weights(_ job: SmallJob, _ folder: String) throws -> String {
    try member("weights_sha256", of: job.scratch.text("\(folder)/summary.json"))
  }

  @Test func `two trainings: one that is fitted to, one of all samples that keeps the fit`() throws
  {
    let job = try job(epochs: 2)
    try job.train("run")
    #expect(job.said("run").contains("first without the validation samples"))
    #expect(job.said("run").contains("now all samples, from fresh weights"))
    #expect(try job.trained("run/held-out", epoch: 1) == ["strong": 1440, "weak": 1440])
    #expect(try job.trained("run", epoch: 1) == ["strong": 1500, "weak": 1500])
    #expect(try pool(job, "run") == pool(job, "run/held-out"))
    #expect(try member("samples", of: job.scratch.text("run/fusion.json")) == "60")
    // The second is the training of a run without a validation split.
    var plain = try self.job(refits: false, epochs: 2)
    plain.configuration.data.validationFraction = 0
    plain.configuration.fusion.kind = .averageLogits
    try plain.train("run")
    #expect(try weights(job, "run") == weights(plain, "run"))
    #expect(try weights(job, "run") != weights(job, "run/held-out"))
    let fused = try #require(
      job.said("run").split(separator: "\n").last { $0.hasPrefix("fused, robust_pool *") })
    try job.evaluate("run")
    #expect(job.said("run").contains(fused))
    // All samples were trained on: there is none to validate by.
    #expect(throws: CoordinatorError.emptySplit(.validation)) {
      try job.evaluate("run", split: .validation)
    }
    try job.resume("run")
    #expect(job.said("run").contains("is over: all 2 epochs are trained"))
    try goesOn(to: job)
  }

  /// Has runs die in both trainings, and go on to the same numbers.
  private func goesOn(to whole: SmallJob) throws {
    let fitted = try #require(whole.scratch.text("run/fusion.json"))
    // In the second: the first of the runs of several seeds that are observed is that of the fit.
    let cut = try job(epochs: 2)
    #expect(throws: SmallJob.Death.self) {
      try cut.train("run", seeds: [3], dyingIn: 1, after: 1)
    }
    #expect(cut.scratch.text("run/seed-3/fusion.json") == nil)
    #expect(cut.scratch.text("run/seed-3/held-out/fusion.json") != nil)
    try cut.resume("run")
    #expect(try cut.numbers("run/seed-3") == whole.numbers("run"))
    #expect(cut.scratch.text("run/seed-3/fusion.json") == fitted)
    // In the first.
    #expect(throws: SmallJob.Death.self) { try cut.train("other", dyingAfter: 1) }
    let other = try RunDirectory(existing: cut.scratch["other"])
    #expect(other.stage(of: cut.configuration) == .cut)
    let error = #expect(throws: RunError.self) { try cut.resume("other", without: ["weak"]) }
    #expect(error?.description.hasPrefix("--without: fusion.refit_on_all") == true)
    try cut.resume("other")
    #expect(other.stage(of: cut.configuration) == .over)
    #expect(try cut.numbers("other") == whole.numbers("run"))
    #expect(cut.scratch.text("other/fusion.json") == fitted)
  }

  @Test func `one that died before its first checkpoint begins anew`() throws {
    let cut = try job()
    #expect(throws: SmallJob.Death.self) { try cut.train("run", dyingAfter: 0) }
    #expect(cut.scratch.text("run/configuration.yaml")?.contains("refit_on_all: true") == true)
    #expect(
      try RunDirectory(existing: cut.scratch["run"]).stage(of: cut.configuration) == .ahead)
    try RunDirectory(resuming: cut.scratch["run"]).removeRemains()
    #expect(!cut.scratch.names().contains("run"))
  }

  @Test func `too few samples to fit to are refused before training, and the folder is free`()
    throws
  {
    let job = try job(validation: 0.01)
    #expect(throws: RunError.nothingToFit(held: 15, needed: 30)) { try job.train("run") }
    #expect(!job.scratch.names().contains("run"))
  }
}
