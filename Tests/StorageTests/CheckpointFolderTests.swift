import Foundation
import Testing

@testable import Storage

@Suite struct CheckpointFolderTests {
  @Test func `what killed jobs left is swept, and nothing else`() throws {
    let run = try StorageFolder()
    func make(_ names: String...) throws {
      for name in names { try AtomicFile.write([1], to: "\(run.path)/\(name)") }
    }
    for folder in ["weights/epoch-0001", "weights/epoch-0002-cycle-00003", "weights/mine"] {
      try ModelFiles.createFolder("\(run.path)/\(folder)")
    }
    try make("model.json", ".1f.partial", "mine.partial", ".mine")
    try make("weights/epoch-0001/a.safetensors", "weights/epoch-0001/checkpoint.json")
    try make(
      "weights/epoch-0002-cycle-00003/a.safetensors", "weights/epoch-0002-cycle-00003/.2e.partial")

    CheckpointFolder.sweep(run.path, keeping: ["weights/epoch-0001"])
    #expect(try run.names == [".mine", "mine.partial", "model.json", "weights"])
    #expect(try ModelFiles.names(in: "\(run.path)/weights").sorted() == ["epoch-0001", "mine"])
    #expect(
      try ModelFiles.names(in: "\(run.path)/weights/epoch-0001").sorted() == [
        "a.safetensors", "checkpoint.json",
      ])
  }

  @Test func `a manifest says which others it needs, and names no folder elsewhere`() throws {
    var part = CheckpointManifest.Part(
      role: "a", host: "here", arithmetic: .here, threads: 1, data: "", sampleShape: [], files: [])
    part.folder = "weights/epoch-0001"
    func manifest(_ kept: String) -> CheckpointManifest {
      CheckpointManifest(
        progress: RunPosition(epoch: 3), cyclesPerEpoch: 1, seconds: 0, configuration: "",
        parts: [part], kept: kept)
    }
    let whole = manifest("weights/epoch-0002")
    #expect(whole.needed == ["weights/epoch-0002", "weights/epoch-0001"])
    #expect(try CheckpointManifest(whole.sealed(), place: "m") == whole)
    // As those of runs that keep their last model, or were written before there was another.
    let last = try manifest("").sealed()
    #expect(!String(decoding: last, as: UTF8.self).contains("kept"))
    #expect(try CheckpointManifest(last, place: "m") == manifest(""))
    for elsewhere in ["../epoch-0002", "/etc", "weights/epoch-x"] {
      let text = try manifest(elsewhere).sealed()
      let error = #expect(throws: FileError.self) { try CheckpointManifest(text, place: "m") }
      #expect(
        error?.description
          == "m: is not a manifest that this build reads: it names '\(elsewhere)', which is no checkpoint of a run"
      )
    }
  }
}
