import Foundation
import MLA
import Networks
import Runs
import Storage
import TestSupport
import Testing

@testable import Export

/// Models of runs, read for an export.
@Suite struct SavedModelTests {
  private func copy(_ method: String, _ change: (Scratch) throws -> Void = { _ in }) throws
    -> Scratch
  {
    let scratch = try Scratch()
    try FileManager.default.copyItem(atPath: Models.saved(method), toPath: scratch["run"])
    try change(scratch)
    return scratch
  }

  private func edit(_ scratch: Scratch, _ old: String, _ new: String) throws {
    let text = try #require(scratch.text("run/configuration.yaml"))
    try #require(text.contains(old))
    try scratch.write(text.replacing(old, with: new), to: "run/configuration.yaml")
  }

  private func refusal(_ scratch: Scratch, fusion: FusionKind? = nil) -> String {
    do {
      _ = try SavedModel(of: RunDirectory(existing: scratch["run"]), fusion: fusion)
      return "none"
    } catch {
      return "\(error)".replacing(scratch.path + "/", with: "")
    }
  }

  @Test func `a shared head is every modality's`() throws {
    let model = try SavedModel(of: RunDirectory(existing: Models.saved("mla")))
    #expect(model.modalities.map(\.name) == ["strong", "weak"] && model.trained == "epoch 2")
    #expect(model.prediction.name == "entropy_logits")
    #expect(model.modalities[0].head.weight == model.modalities[1].head.weight)
    #expect(model.modalities[0].head.weight.count == 6 * 4)
    let file = try TensorFile(
      path: Models.saved("mla") + "/weights/epoch-0002/encoder.weak.safetensors")
    #expect(
      model.modalities[1].values("linear1.weight")
        == (try file.tensor(named: "encoder.linear1.weight").floats()))
  }

  @Test func `a common bias is shared out, and an absent modality adds its share`() throws {
    let run = Models.saved("joint_concat")
    let bias = try TensorFile(path: run + "/weights/epoch-0002/head.safetensors")
      .tensor(named: "bias").floats()
    let model = try SavedModel(of: RunDirectory(existing: run))
    guard case .sum(let share) = model.prediction else {
      Issue.record("\(model.prediction)")
      return
    }
    #expect(share == bias.map { $0 / 2 })
    #expect(model.modalities[0].head.bias == share)
    let fused = try SavedModel(of: RunDirectory(existing: run), fusion: .averageLogits)
    #expect(fused.prediction.name == "average_logits")
  }

  @Test func `predictions that other programs could not make are refused in a sentence`() throws {
    for method in ["film", "gated", "reconboost"] {
      let scratch = try copy("joint_concat") {
        try edit($0, "method: joint_concat", "method: \(method)")
        if method != "reconboost" {
          try edit($0, "execution:\n", "execution:\n  features_may_cross: true\n")
        }
      }
      let sentence = refusal(scratch)
      #expect(sentence.hasPrefix("run: models of method \(method)"), "\(sentence)")
    }
    let scratch = try copy("mla")
    #expect(refusal(scratch, fusion: .batchEntropyLogits).contains("--fusion"))
    #expect(refusal(scratch, fusion: .robustPool).contains("fusion.json"))
    // As evaluation falls back where nothing was fitted.
    try edit(scratch, "fusion: entropy_logits", "fusion: robust_pool")
    #expect(
      try SavedModel(of: RunDirectory(existing: scratch["run"])).prediction.name == "average_logits"
    )
  }

  @Test func `damaged and missing weights are refused`() throws {
    let path = "run/weights/epoch-0002/encoder.weak.safetensors"
    let whole = try copy("mla")
    let bytes = try whole.bytes(path)
    for (change, words) in [
      (Array(bytes.dropLast(4)), "safetensors"),
      (bytes.dropLast(1) + [bytes[bytes.count - 1] ^ 1], "damaged"),
      ([], "safetensors"),
    ] {
      try whole.write(change, to: path)
      #expect(refusal(whole).contains(words), "\(refusal(whole))")
    }
    try whole.remove(path)
    #expect(refusal(whole).contains("encoder.weak.safetensors"))
    let other = try copy("mla") { try edit($0, "hidden: [4]", "hidden: [5]") }
    #expect(refusal(other).contains("linear1.weight"), "\(refusal(other))")
    let description = try #require(other.text("run/model.json"))
    try other.write(description.replacing("40", with: "99999999999"), to: "run/model.json")
    #expect(
      refusal(other).contains("model.json") || refusal(other).contains("cannot be made again"))
  }
}
