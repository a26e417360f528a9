import Foundation
import Storage
import Testing

@testable import Runs

/// Checkpoints that something happened to: named, and passed over for the one before.
@Suite struct DamagedCheckpointTests {
  private static let newest = "run/weights/epoch-0001-cycle-00002"
  private static let parts = [
    "encoder.strong.safetensors", "encoder.weak.safetensors", "head.safetensors",
    "state.safetensors", "state.strong.safetensors", "state.weak.safetensors",
  ]

  /// A run with two checkpoints, of which something happens to the newer one, ends with the right bits;
  /// returns its first words.
  private func resumed(_ harm: (SmallJob) throws -> Void) throws -> String {
    let job = try SmallJob(epochs: 3)
    try job.train("whole")
    #expect(throws: SmallJob.Death.self) { try job.train("run", dyingAfter: 2) }
    #expect(job.checkpoints("run").first.map { "run/\($0)" } == Self.newest)
    try harm(job)
    try job.resume("run")
    #expect(try job.numbers("run") == job.numbers("whole"))
    return job.said("run").split(separator: "\n").first.map(String.init) ?? ""
  }

  private func expect(_ said: String, names reason: String) {
    #expect(
      said
        == "warning: the checkpoint weights/epoch-0001-cycle-00002 cannot be used: \(reason); the one before it is taken"
    )
  }

  @Test(arguments: parts)
  func `a flipped bit in any part`(part: String) throws {
    let said = try resumed { job in
      var bytes = try job.scratch.bytes("\(Self.newest)/\(part)")
      // In the header of one, in the data of another.
      bytes[part.hasPrefix("state") ? 12 : bytes.count - 5] ^= 4
      try job.scratch.write(bytes, to: "\(Self.newest)/\(part)")
    }
    #expect(said.contains("\(part): is damaged: its bytes are not those that were written"))
  }

  @Test func `a part that is cut off`() throws {
    let said = try resumed { job in
      truncate(job.scratch["\(Self.newest)/state.weak.safetensors"], 1000)
    }
    #expect(
      said.contains(
        "modality weak: \(Self.newest)/state.weak.safetensors: is damaged: it has 1000 bytes, but ")
    )
  }

  @Test func `a part that is missing`() throws {
    let said = try resumed { try $0.scratch.remove("\(Self.newest)/state.safetensors") }
    expect(
      said, names: "\(Self.newest)/state.safetensors: cannot be opened: No such file or directory")
  }

  @Test func `a part of another run`() throws {
    let said = try resumed { job in
      var other = job
      other.configuration.seed = 8
      #expect(throws: SmallJob.Death.self) { try other.train("other", dyingAfter: 2) }
      let part = "\(Self.newest)/encoder.weak.safetensors"
      try job.scratch.write(
        job.scratch.bytes(part.replacing("run/", with: "other/")), to: part)
    }
    #expect(said.contains("encoder.weak.safetensors: is damaged: its bytes are not those"))
  }

  @Test(arguments: [1, 40, 300, -20])
  func `a flipped bit in the manifest`(place: Int) throws {
    let said = try resumed { job in
      var bytes = try job.scratch.bytes("\(Self.newest)/checkpoint.json")
      bytes[place < 0 ? bytes.count + place : place] ^= 1
      try job.scratch.write(bytes, to: "\(Self.newest)/checkpoint.json")
    }
    expect(
      said,
      names: "\(Self.newest)/checkpoint.json: is damaged: its text is not what was written")
  }

  @Test func `a manifest that names a file elsewhere`() throws {
    let said = try resumed { job in
      let folder = job.scratch[Self.newest]
      var manifest = try CheckpointManifest(of: folder)
      manifest.parts[1].files[0] = CheckpointFile(
        name: "../../../../../etc/passwd", byteCount: 1, sha256: "")
      try manifest.write(to: folder)
    }
    expect(
      said,
      names:
        "\(Self.newest)/checkpoint.json: is not a manifest that this build reads: it names '../../../../../etc/passwd', which is no file of a checkpoint"
    )
  }

  @Test func `where no checkpoint is whole, each is named`() throws {
    let job = try SmallJob()
    #expect(throws: SmallJob.Death.self) { try job.train("run", dyingAfter: 2) }
    for folder in job.checkpoints("run") {
      try job.scratch.remove("run/\(folder)/head.safetensors")
    }
    let error = #expect(throws: RunError.self) { try job.resume("run") }
    let said = try #require(error?.description)
    #expect(said.contains("holds no checkpoint that is whole: the checkpoint weights/epoch-0001"))
    #expect(said.contains("; the checkpoint weights/epoch-0000-cycle-00004 cannot be used"))
  }

  @Test func `what dead jobs left of checkpoints goes, and damaged ones go after the next`() throws
  {
    let job = try SmallJob()
    #expect(throws: SmallJob.Death.self) { try job.train("run", dyingAfter: 2) }
    try job.scratch.write("half", to: "run/weights/epoch-0002/encoder.weak.safetensors")
    try job.scratch.write("half", to: "run/weights/epoch-0002/.5.partial")
    try job.scratch.write("mine", to: "run/weights/notes/readme")
    try job.scratch.remove("\(Self.newest)/head.safetensors")
    try job.resume("run") { $0.checkpoint.every = .epochs(100) }
    #expect(
      job.scratch.names(in: "run/weights") == ["epoch-0000-cycle-00004", "epoch-0004", "notes"])
  }
}
