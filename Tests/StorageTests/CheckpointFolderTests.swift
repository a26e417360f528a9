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
}
