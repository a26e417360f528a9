import Foundation
import TestSupport
import Testing

extension SavedJobs {
  /// Models saved by an earlier build (format 1): they evaluate for ever, to the same numbers.
  @Suite struct SavedModelTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("SavedModels")

    /// What that build printed: predictor, samples, accuracy and macro-F1 in per cent.
    private static let tables = [
      "mla": """
      fused, entropy_logits *        2,000       57.85       55.87
      fused, average_logits          2,000       58.70       57.06
      fused, average_probs           2,000       56.60       53.99
      fused, entropy_probs           2,000       56.15       53.26
      fused, batch_entropy_logits    2,000       53.70       50.14
      strong alone                   2,000       54.00       50.31
      weak alone                     2,000       25.25       16.84
      """,
      "joint_concat": """
      fused, joint *                 2,000       54.45       51.50
      fused, entropy_logits          2,000       54.00       50.95
      fused, average_logits          2,000       54.45       51.50
      fused, average_probs           2,000       52.20       48.48
      fused, entropy_probs           2,000       51.70       47.96
      fused, batch_entropy_logits    2,000       45.95       38.50
      strong alone                   2,000       45.95       38.36
      weak alone                     2,000       18.40        8.49
      """,
    ]

    @Test(arguments: ["mla", "joint_concat"])
    func `a model of format 1 evaluates as it did`(method: String) async throws {
      let run = Self.folder.appendingPathComponent(method).path
      let outcome = try await MPIRun.alone("antiphon", ["evaluate", run, "--one-process"])
      #expect(outcome.status == 0, "\(outcome)")
      // That build did not know this one.
      let known = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        .filter { !$0.hasPrefix("fused, energy ") }
      #expect(known.joined(separator: "\n").contains(try #require(Self.tables[method])))
    }
  }
}
