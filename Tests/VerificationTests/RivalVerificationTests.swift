import Datasets
import Exchange
import Foundation
import Synchronization
import Tensors
import TestSupport
import Testing

@testable import Verification

/// Cases of the reference's rivals, run by this build: those of the package, and all of them where they are at
/// hand.
@Suite(.serialized) struct RivalVerificationTests {
  private let cases: [String]

  init() throws {
    cases = try Self.cases(in: try #require(Bundle.module.resourcePath) + "/Golden/Rivals")
  }

  private static func cases(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".npz") }.sorted().map { "\(folder)/\($0)" }
  }

  /// All cases, beside the package.
  static let others = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../shared/oracle/rivals").standardizedFileURL.path

  private func verify(_ paths: [String]) throws -> [String] {
    Threads.count = 1
    let lines = Mutex<[String]>([])
    try OneProcess.run(ranks: 4, deadline: .seconds(60)) { endpoint in
      try Verifier(paths, way: "HERE") { line in lines.withLock { $0.append(line) } }
        .run(on: endpoint)
    }
    return lines.withLock { $0 }
  }

  @Test func `all cases agree, in one process and over ranks, to the same digit`() async throws {
    #expect(cases.count == 23)
    let lines = try verify(cases)
    #expect(lines.count == 23 && lines.allSatisfy { $0.hasPrefix("ok   r") }, "\(lines)")
    try await expectSameOverRanks(cases, lines)
  }

  @Test(.enabled(if: FileManager.default.isReadableFile(atPath: others)))
  func `so do those beside the package`() throws {
    let all = try Self.cases(in: Self.others)
    let lines = try verify(all)
    #expect(all.count >= 41 && lines.count == all.count)
    #expect(lines.allSatisfy { $0.hasPrefix("ok   r") }, "\(lines)")
  }

  @Test(arguments: [
    ("r18", "out.cosine"), ("r18", "out.final.velocity.own1.W"), ("r27", "out.coefficient"),
    ("r27", "out.final.tau"), ("r14", "out.final.history"), ("r31", "out.loss_prototype"),
    ("r35", "out.alignment"), ("r24", "out.measured"), ("r24", "out.weight"), ("r37", "out.purity"),
    ("r04", "out.final.map1.b"), ("r08", "out.final.velocity.map2.W"), ("r06", "out.test.logits"),
    ("r02", "out.test.fused.joint"), ("r38", "out.final.slice.b"), ("r21", "out.boost"),
    ("r21", "out.loss_own"), ("r21", "out.final.velocity.boost"),
    ("r22", "out.final.velocity.head.W"),
  ])
  func `an expected array that is wrong fails its case and is named`(
    name: String, array: String
  ) throws {
    let scratch = try Scratch()
    let path = scratch["wrong.npz"]
    let whole = try #require(cases.first { $0.contains("/\(name)_") })
    try VerificationTests.copy(whole, to: path) { found, values in
      guard found == array else { return }
      let place = values.lastIndex { $0.isFinite } ?? 0
      values[place] += 1e-3 * (values.filter(\.isFinite).map(abs).max() ?? 0)
    }
    let lines = Mutex<[String]>([])
    let failure = #expect(throws: VerificationFailed.self) {
      try OneProcess.run(ranks: 4, deadline: .seconds(60)) { endpoint in
        try Verifier([path], way: "HERE") { line in lines.withLock { $0.append(line) } }
          .run(on: endpoint)
      }
    }
    #expect(failure?.cases == ["wrong"])
    #expect(
      lines.withLock { $0 }.dropFirst().first?.hasPrefix("     \(array) deviates by ") == true)
  }
}
