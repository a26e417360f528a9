import Foundation
import TestSupport
import Testing

extension Jobs {
  /// A sample that no network can compute with: the run ends with its name, or leaves it out.
  @Suite struct NonfiniteTests {
    private let workshop: Workshop

    init() throws {
      workshop = try Workshop.pair()
      let file = try FileHandle(forUpdating: URL(filePath: workshop.scratch["a_train.npy"]))
      // The last value of the last sample, train89.
      try file.seek(toOffset: try file.seekToEnd() - 4)
      try file.write(contentsOf: withUnsafeBytes(of: Float(3e38).bitPattern) { Data($0) })
      try file.close()
    }

    @Test(arguments: ["mla", "separate", "joint_concat", "joint_sum"])
    func `what is left out is counted, and the numbers are the same in one process`(
      method: String
    ) async throws {
      for (way, run) in [(Way.oneProcess, "one"), (.ranks(3), "ranks")] {
        let outcome = try await workshop.train(
          way, "pair.yaml", to: run,
          set: ["method=\(method)", "execution.on_nonfinite=skip"])
        #expect(outcome.status == 0, "\(outcome)")
      }
      #expect(try RunNumbers(workshop, "one") == RunNumbers(workshop, "ranks"))
      let isJoint = method.hasPrefix("joint")
      for run in ["one", "ranks"] {
        let counts = try ["0", "1", "2"].map {
          try json(workshop, "\(run)/summary.json", "ranks", $0, "skipped") as? Int
        }
        #expect(counts == [0, 2, isJoint ? 2 : 0])
        let last = try #require(
          workshop.scratch.text("\(run)/metrics.jsonl")?.split(separator: "\n").last)
        #expect(last.contains(#""skipped": {"a": 2"#) || last.contains(#""skipped":{"a":2"#))
      }
    }

    @Test func `a run that stops says the modality, the place and the samples`() async throws {
      let outcome = try await workshop.train(.ranks(3), "pair.yaml", to: "run", set: [])
      #expect(outcome.status == 65, "\(outcome)")
      try #require(outcome.sentences.count == 1, "\(outcome)")
      let sentence = outcome.sentences[0]
      #expect(sentence.hasPrefix("rank 1 (modality a, host "), "\(outcome)")
      #expect(sentence.contains(" in turn ") && sentence.contains("(epoch 1, mini-batch "))
      #expect(sentence.contains("(id 'train89')") && sentence.contains("train89, "))
    }
  }
}
