import Foundation
import Storage
import TestSupport
import Testing

@testable import Runs

/// Runs that go on without a modality whose rank is lost, and with it when it is back.
@Suite struct AbsentModalityTests {
  @Test func `a run goes on without a modality, and later with it`() throws {
    var job = try SmallJob()
    job.configuration.checkpoint.keep = 1
    #expect(throws: SmallJob.Death.self) { try job.train("run", dyingAfter: 2) }
    let part = "run/weights/epoch-0001-cycle-00002/encoder.weak.safetensors"
    let left = try job.scratch.bytes(part)

    try job.resume("run", without: ["weak"])
    #expect(
      job.said("run").contains(
        "warning: modality weak is absent: the others train on, and its encoder stays as it was after cycle 2 of epoch 2; resume without --without weak when it is back"
      ))
    #expect(try job.trained("run", epoch: 4) == ["strong": 1500, "weak": 0])
    // Its last part stands beside the last checkpoint, and belongs to the model.
    #expect(
      job.scratch.names(in: "run/weights") == ["epoch-0001-cycle-00002", "epoch-0004"])
    #expect(try job.scratch.bytes(part) == left)
    try job.evaluate("run")
    #expect(job.said("run").contains("weak alone"))

    try job.resume("run") { $0.epochs = 6 }
    #expect(!job.said("run").contains("absent"))
    #expect(try job.trained("run", epoch: 6) == ["strong": 1500, "weak": 1500])
    #expect(job.scratch.names(in: "run/weights") == ["epoch-0006"])
    let back = try TensorFile(
      path: job.scratch["run/weights/epoch-0006/encoder.weak.safetensors"])
    #expect(back.metadata["modality"] == "weak")
  }

  @Test func `what was trained of a modality is what it comes back with`() throws {
    let job = try SmallJob()
    #expect(throws: SmallJob.Death.self) { try job.train("run", dyingAfter: 2) }
    try job.resume("run", without: ["weak"]) { $0.epochs = 2 }
    let manifest = try CheckpointManifest(of: job.scratch["run/weights/epoch-0002"])
    #expect(manifest.parts.map(\.folder) == ["", "", "weights/epoch-0001-cycle-00002"])
    try job.scratch.remove("run/weights/epoch-0001-cycle-00002/state.weak.safetensors")
    // The one before has a part of it in itself.
    try job.resume("run") { $0.epochs = 3 }
    #expect(
      job.said("run").contains(
        "the checkpoint weights/epoch-0002 cannot be used: modality weak: run/weights/epoch-0001-cycle-00002/state.weak.safetensors: cannot be opened"
      ))
  }

  @Test func `names of modalities are checked`() throws {
    let job = try SmallJob()
    #expect(throws: SmallJob.Death.self) { try job.train("run", dyingAfter: 1) }
    let unknown = #expect(throws: RunError.self) { try job.resume("run", without: ["weka"]) }
    #expect(unknown?.description == "--without: found 'weka', expected one of strong, weak")
    let nobody = #expect(throws: RunError.self) {
      try job.resume("run", without: ["strong", "weak"])
    }
    #expect(
      nobody?.description == "--without names every modality; leave one that trains on")
  }
}
