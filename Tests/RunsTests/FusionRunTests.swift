import Configuration
import Foundation
import MLA
import Storage
import Testing

@testable import Coordinator
@testable import Runs

/// Runs whose fusion is fitted at their end.
@Suite struct FusionRunTests {
  private func job(validation: Double = 0.04, epochs: Int = 2) throws -> SmallJob {
    var job = try SmallJob(epochs: epochs)
    job.configuration.data.validationFraction = validation
    job.configuration.fusion.kind = .robustPool
    job.configuration.evaluation.every = 1
    return job
  }

  private func object(_ text: String?) throws -> [String: JSONValue] {
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(try #require(text).utf8))
    guard case .object(let members) = value else { return [:] }
    return members
  }

  /// The lines of the tables of a run: its fusions, and what each modality is worth.
  private func tables(_ said: String) -> [String] {
    let lines = said.split(separator: "\n").map(String.init)
    return lines.filter { $0.hasPrefix("fused, ") || $0.hasPrefix("robust_pool was") }
      + lines.drop { !$0.hasPrefix("worth to robust_pool") }.prefix(4)
  }

  @Test func `a pool is fitted once training is over, kept with the run, and used by evaluate`()
    throws
  {
    let job = try job()
    try job.train("run")
    let said = job.said("run")
    #expect(said.contains("fused, robust_pool *"))
    #expect(
      said.contains("robust_pool was fitted to 60 validation samples, on which robust_pool "))
    #expect(tables(said).count > 8)
    let record = try object(job.scratch.text("run/fusion.json"))
    guard case .text(let model)? = record["model"],
      case .object(let modalities)? = record["modalities"]
    else {
      Issue.record("\(record)")
      return
    }
    #expect(model == "weights/epoch-0002" && modalities.keys.sorted() == ["strong", "weak"])
    #expect(job.scratch.text("run/summary.json")?.contains(#""fusion" : "robust_pool""#) == true)

    // Before it was fitted, the average of logits is what is told first.
    let metrics = try #require(job.scratch.text("run/metrics.jsonl")).split(separator: "\n")
    guard case .object(let first)? = try object(String(metrics[0]))["fused"],
      case .object(let last)? = try object(String(metrics[1]))["fused"]
    else {
      Issue.record("\(metrics)")
      return
    }
    #expect(first["robust_pool"] == nil && first["average_logits"] != nil)
    // In the last line, too: it compares with the others.
    #expect(last["robust_pool"] == nil && last["average_logits"] != nil)
    #expect(
      said.contains("accuracy % of the same weights on held-out samples · validation: fused "))

    try job.evaluate("run")
    #expect(tables(job.said("run")) == tables(said))
    // The numbers come from the file: others give other results.
    try job.scratch.write(
      try #require(job.scratch.text("run/fusion.json")).replacing(
        #""spoilt" : 0.05"#, with: #""spoilt" : 0.9"#),
      to: "run/fusion.json")
    try job.evaluate("run")
    #expect(tables(job.said("run")) != tables(said))
  }

  @Test func `a run that died fits the same pool`() throws {
    let job = try job()
    try job.train("whole")
    #expect(throws: SmallJob.Death.self) { try job.train("cut", dyingAfter: 1) }
    #expect(job.scratch.text("cut/fusion.json") == nil)
    // What there is so far can be evaluated: the pool is fitted then.
    try job.evaluate("cut")
    #expect(job.said("cut").contains("robust_pool was fitted to 60 validation samples"))
    #expect(job.scratch.text("cut/fusion.json") == nil)
    try job.resume("cut")
    #expect(try job.numbers("cut") == job.numbers("whole"))
    let whole = try #require(job.scratch.text("whole/fusion.json"))
    #expect(job.scratch.text("cut/fusion.json") == whole)
    // With more epochs, the fit is another.
    try job.resume("cut") { $0.epochs = 3 }
    #expect(job.scratch.text("cut/fusion.json")?.contains("weights/epoch-0003") == true)
  }

  @Test func `ranks that share a modality fit the same pool`() throws {
    let options = ["data.validation=0.75", "epochs=1", "fusion=robust_pool", "batch_size=5"]
    func fitted(_ ranks: Int) throws -> String {
      let job = try ReplicaJob(ranks: ranks, set: options)
      _ = try job.numbers()
      return try #require(job.job.scratch.text("run/fusion.json"))
    }
    let one = try fitted(1)
    #expect(one.contains(#""coefficients""#))
    #expect(try fitted(2) == one)
  }

  @Test func `a modality that is absent has a weight, and says nothing`() throws {
    let job = try job(epochs: 2)
    #expect(throws: SmallJob.Death.self) { try job.train("run", dyingAfter: 1) }
    try job.resume("run", without: ["weak"])
    let record = try object(job.scratch.text("run/fusion.json"))
    guard case .object(let modalities)? = record["modalities"],
      case .object(let weak)? = modalities["weak"], case .integer(0)? = weak["samples"]
    else {
      Issue.record("\(record)")
      return
    }
    try job.evaluate("run")
  }

  @Test func `under thirty validation samples, the average of logits takes its place`() throws {
    let job = try job(validation: 0.01)
    try job.train("run")
    #expect(
      job.said("run").contains(
        "warning: fusion robust_pool is fitted to at least 30 validation samples, and there are 15:"
      ))
    #expect(job.said("run").contains("fused, average_logits *"))
    #expect(!job.said("run").contains("fused, robust_pool"))
    #expect(job.scratch.text("run/fusion.json") == nil)
    #expect(job.scratch.text("run/summary.json")?.contains(#""fusion" : "average_logits""#) == true)
    // What a seed that is over has written is read again.
    #expect(throws: SmallJob.Death.self) {
      try job.train("seeds", seeds: [1, 2], dyingIn: 1, after: 1)
    }
    try job.resume("seeds")
    #expect(job.said("seeds").contains("2 runs and their means"))
  }

  @Test func `a file of another's making is refused`() throws {
    let job = try job(epochs: 1)
    try job.train("run")
    let text = try #require(job.scratch.text("run/fusion.json"))
    let cases = [
      (text.replacing(#""robust_pool","#, with: #""magic","#), "has kind magic and format 1"),
      (text.replacing(#""weak""#, with: #""week""#), "modalities: found no 'weak'"),
      (text.replacing(#""spoilt" : 0.05"#, with: #""spoilt" : 5"#), "out of its range"),
      ("{}", "is not what a run writes"),
    ]
    for (changed, problem) in cases {
      #expect(changed != text)
      try job.scratch.write(changed, to: "run/fusion.json")
      let error = #expect(throws: RunError.self) { try job.evaluate("run") }
      #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }
  }

  /// A pool of two modalities with these accuracies on the validation samples.
  private func fitted(
    pool: Double, _ accuracies: [Double], counts: [Int] = [40, 40], isFallback: Bool = false
  ) -> FittedFusion {
    func score(_ name: String, _ accuracy: Double) -> FittedFusion.Score {
      .init(name: name, score: FusionScore(accuracy: accuracy, negativeLogLikelihood: 1))
    }
    return FittedFusion(
      fit: PoolFit(
        pool: RobustPool(
          spoilt: 0.05, prior: [0.5, 0.5], weights: [1.5, 0.25], detectors: [nil, nil]),
        temperatures: [1, 0.5], scale: 1, isFallback: isFallback),
      ridge: 3, sampleCount: 40, sampleCounts: counts, seed: 0,
      fused: [score("robust_pool", pool)],
      modalities: [score("x", accuracies[0]), score("y", accuracies[1])])
  }

  @Test func `what each modality is worth is a table`() {
    let lines = FusionTable.of(fitted(pool: 0.9, [0.8, 0.5])).lines
    #expect(lines[2].split(separator: " ") == ["x", "1.500", "1.000", "1.50", "80.00"])
    #expect(lines[3].split(separator: " ") == ["y", "0.250", "0.500", "0.50", "50.00"])
  }

  @Test func `a modality that beats the pool is told of, unless samples lack it`() {
    #expect(fitted(pool: 0.9, [0.8, 0.9]).warnings(beside: nil) == [])
    #expect(
      fitted(pool: 0.9, [0.8, 0.95]).warnings(beside: nil) == [
        "on the 40 validation samples modality y alone has 95.0 %, and robust_pool of all 90.0 %: the others may not be worth having"
      ])
    #expect(fitted(pool: 0.9, [0.8, 0.95], counts: [40, 39]).warnings(beside: nil) == [])
    #expect(fitted(pool: 0.9, [0.8, 0.5], isFallback: true).warnings(beside: nil).count == 1)
  }

  @Test func `a modality that is unlike on the test split is told of`() throws {
    // x is right on 2 of its 3 test samples, y on 1 of its 2.
    let test = try SmallEvaluation.of([1, 0, 0, 9, 9, 0], [1, 0, 1, 9])
    #expect(test.modalities.map(\.metrics.accuracy) == [2.0 / 3, 0.5])
    #expect(fitted(pool: 0.9, [0.8, 0.6]).warnings(beside: test) == [])
    let found = fitted(pool: 0.9, [0.9, 0.3]).warnings(beside: test)
    #expect(
      found == [
        "modality x alone has 90.0 % on the validation split and 66.7 % on the test split: its features may know the training labels, and robust_pool trusts it for that",
        "modality y alone has 30.0 % on the validation split and 50.0 % on the test split: the validation samples may be unlike the test samples",
      ])
  }
}
