import Foundation
import TestSupport
import Testing

extension SavedJobs {
  /// What `export` says of what it did, and of what it was asked.
  @Suite struct ExportCommandTests {
    private static let run = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("SavedModels/mla").path

    private func export(_ arguments: [String]) async throws -> MPIRun.Outcome {
      try await MPIRun.alone("antiphon", ["export", Self.run] + arguments)
    }

    @Test func `a model is exported into a new folder, once`() async throws {
      let scratch = try Scratch()
      for (format, files) in [
        ("torch", ["README.txt", "heads.safetensors", "model.py", "strong", "weak"]),
        ("onnx", ["README.txt", "fusion.onnx", "strong.onnx", "weak.onnx"]),
      ] {
        let outcome = try await export(["--to", format, "--output", scratch[format]])
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.output.contains("the model after epoch 2"))
        #expect(scratch.names(in: format) == files)
      }
      let again = try await export(["--to", "onnx", "--output", scratch["onnx"]])
      #expect(again.status == 65 && again.errors.contains("is not empty"), "\(again)")
    }

    @Test(arguments: [
      (["--to", "keras"], 64, "torch"),
      (["--to", "tensorboard", "--fusion", "energy"], 64, "--fusion"),
      (["--to", "tensorboard", "--output", "/dev/null/x"], 65, "metrics.jsonl"),
      (["--to", "torch", "--fusion", "batch_entropy_logits"], 65, "--fusion"),
    ])
    func `what cannot be exported is refused`(
      arguments: [String], status: Int, words: String
    ) async throws {
      let outcome = try await export(arguments)
      #expect(outcome.status == status && outcome.errors.contains(words), "\(outcome)")
    }
  }
}
