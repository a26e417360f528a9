import Foundation
import Runs
import Storage
import TestSupport
import Testing

@testable import Reports

/// The page of several runs: groups, means, spread.
@Suite struct ComparedPageTests {
  private static func runs(_ runs: [(String, MadeUpRun)]) throws -> Scratch {
    let scratch = try Scratch()
    for (folder, run) in runs { try run.write(to: "all/\(folder)", in: scratch) }
    return scratch
  }

  private static func run(_ method: String = "mla", seed: Int, better: Double) -> MadeUpRun {
    var run = MadeUpRun()
    (run.method, run.seed, run.better) = (method, seed, better)
    return run
  }

  @Test func `runs that differ in their seeds alone are one line with its spread`() throws {
    let scratch = try Self.runs([
      ("seed-1", Self.run(seed: 1, better: 0)), ("seed-2", Self.run(seed: 2, better: 0.02)),
      ("seed-10", Self.run(seed: 10, better: 0.04)),
    ])
    let found = try Elements(try ReportWriter.page(of: [scratch["all"]]))
    #expect(found.texts(of: "p").contains("3 runs · mla · 2 modalities · 3 seeds"))
    // 50, 52 and 54, and 25, 27 and 29: deviations of 2.
    #expect(found.texts(of: "td").prefix(4) == ["3", "52.0 ± 2.0", "27.0 ± 2.0", "27.0 ± 2.0"])
    #expect(found.pictures == ["Accuracy at the end", "Accuracy", "Training loss"])
    // In the order of their numbers.
    #expect(found.texts(of: "bdi").suffix(3) == ["seed-1", "seed-2", "seed-10"])
    let bands = found.attributes.filter { $0["class"]?.hasPrefix("band") == true }
    #expect(bands.count == 5)
  }

  @Test func `methods stand beside each other for each modality`() throws {
    let scratch = try Self.runs([
      ("joint", Self.run("joint_concat", seed: 1, better: 0)),
      ("mla", Self.run("mla", seed: 1, better: 0.25)),
    ])
    let found = try Elements(try ReportWriter.page(of: [scratch["all"]]))
    #expect(
      found.pictures == [
        "What each modality has learned", "Accuracy of the fusion", "Accuracy of sound alone",
        "Accuracy of sight alone",
      ])
    #expect(found.texts(of: "figcaption").first?.contains("was lazy") == true)
    #expect(found.texts(of: "td").prefix(4) == ["1", "50.0", "25.0", "25.0"])
  }

  @Test func `joint training stands before separate training, and alternation last`() throws {
    let scratch = try Self.runs(
      ["mla", "joint_sum", "separate", "joint_concat"].map {
        ($0, Self.run($0, seed: 1, better: 0))
      })
    let found = try Elements(try ReportWriter.page(of: [scratch["all"]]))
    #expect(
      found.texts(of: "bdi").dropFirst().prefix(4)
        == ["joint_concat", "joint_sum", "separate", "mla"])
  }

  @Test func `folders of several machines make one page, named one by one`() throws {
    let scratch = try Self.runs([
      ("a", Self.run(seed: 1, better: 0)), ("b", Self.run("separate", seed: 1, better: 0)),
    ])
    let page = try ReportWriter.page(of: [scratch["all/a"], scratch["all/b"]])
    #expect(page.contains("./launch report \(scratch["all/a"]) \(scratch["all/b"])"))
  }

  @Test func `a run that is not over is counted and shown`() throws {
    var cut = Self.run(seed: 2, better: 0)
    cut.isOver = false
    let scratch = try Self.runs([("seed-1", Self.run(seed: 1, better: 0)), ("seed-2", cut)])
    let page = try ReportWriter.page(of: [scratch["all"]])
    #expect(page.contains("1 of 2 runs are not over") && page.contains("4 (not over)"))
  }

  @Test func `many groups have their fusions in one picture`() throws {
    let scratch = try Self.runs(
      (0..<13).map { ("point-\($0)/seed-1", Self.run(seed: 1, better: Double($0) / 1000)) })
    for place in 0..<13 {
      let path = "all/point-\(place)/seed-1/configuration.yaml"
      let text = try #require(scratch.text(path))
      try scratch.write(text + "batch_size: \(place + 1)\n", to: path)
    }
    let found = try Elements(try ReportWriter.page(of: [scratch["all"]]))
    #expect(found.pictures == ["Accuracy of the fusion"])
  }
}
