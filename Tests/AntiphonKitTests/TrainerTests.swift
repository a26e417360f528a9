import AntiphonKit
import Foundation
import Synchronization
import TestSupport
import Testing

/// What a Swift program gets of Antiphon.
@Suite struct TrainerTests {
  private static let text = """
    classes: 6
    epochs: 2
    data: {validation: 0.2}
    execution: {threads: 1}
    modalities:
      strong: {data: {kind: synthetic, component: strong}}
      weak: {data: {kind: synthetic, component: weak}}
    """

  private static func folder() -> String {
    FileManager.default.temporaryDirectory
      .appendingPathComponent("antiphon-kit-\(UInt64.random(in: 0 ... .max))").path
  }

  @Test func `a program trains, hears of epochs, evaluates, and gets the command's numbers`()
    async throws
  {
    let folder = Self.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = "\(folder)/tiny.yaml"
    try Self.text.write(toFile: path, atomically: true, encoding: .utf8)
    let program = try await MPIRun.alone(
      "antiphon", ["train", path, "--output", "\(folder)/command", "--one-process"])
    try #require(program.status == 0, "\(program)")

    let epochs = Mutex<[Int]>([])
    let configuration = try RunConfiguration.load(path: path)
    let trained = try #require(
      try Trainer().train(configuration, output: "\(folder)/kit") { record in
        epochs.withLock { $0.append(record.epoch) }
      })
    #expect(epochs.withLock { $0 } == [0, 1])
    let summary = try String(contentsOfFile: "\(folder)/command/summary.json", encoding: .utf8)
    #expect(summary.contains(trained.weightsDigest))

    let evaluated = try #require(try Trainer().evaluate("\(folder)/kit"))
    #expect(evaluated.evaluation?.primary.metrics == trained.evaluation?.primary.metrics)
    #expect(evaluated.weightsDigest == trained.weightsDigest)
  }

  @Test func `what an observer throws ends the run, and is what the caller catches`() throws {
    struct Enough: Error {}
    let folder = Self.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let configuration = try RunConfiguration.parse(Self.text, file: "text", baseDirectory: nil)
    #expect(throws: Enough.self) {
      try Trainer().train(configuration, output: folder) { _ in throw Enough() }
    }
    let lines = try String(contentsOfFile: "\(folder)/metrics.jsonl", encoding: .utf8)
    #expect(lines.split(separator: "\n").count == 1)
  }

  @Test func `the program of the examples trains and evaluates`() async throws {
    let folder = Self.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = try await MPIRun.alone("first-model", [folder])
    try #require(run.status == 0, "\(run)")
    #expect(run.output.contains("epoch 8: strong"))
    #expect(run.output.contains("% of the test samples"))
    #expect(FileManager.default.fileExists(atPath: "\(folder)/model.json"))
  }
}
