import Configuration
import Datasets
import Foundation
import Networks
import Testing

@testable import Runs

/// Runs whose samples are files: what is kept, who loads it and where a run was cut off changes no bit.
@Suite struct MediaRunTests {
  private static let pictures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("DatasetsTests/Golden/pictures").path

  /// Two modalities of 48 pictures: one cut at random and coloured, the other whole.
  private func job(_ change: (inout MediaPolicy) -> Void = { _ in }) throws -> SmallJob {
    var job = try SmallJob(epochs: 3)
    let files = ["rgb8.png", "palette8.png", "rgb.jpg", "rgb-alpha8.png"]
    for split in ["train", "test"] {
      let rows = (0..<48).map {
        "\(split)\($0),\($0 * 5 % 6),\(Self.pictures)/\(files[$0 % files.count])\n"
      }
      try job.scratch.write("id,label,path\n\(rows.joined())", to: "\(split).csv")
    }
    var options = PictureOptions()
    (options.train, options.test) = ([job.scratch["train.csv"]], [job.scratch["test.csv"]])
    options.framing = PictureFraming(size: PictureSize(height: 12, width: 10))
    options.jitter.brightness = 0.3
    job.configuration.modalities[0].source = .images(options)
    (options.crop, options.flips, options.jitter) = (.centre, false, .init())
    job.configuration.modalities[1].source = .images(options)
    job.configuration.modalities[0].augmentation.noise = 0.1
    job.configuration.batchSize = 16
    job.configuration.checkpoint.every = .cycles(2)
    change(&job.configuration.data.media)
    return job
  }

  @Test func `from disk as from memory, with any number of loaders`() throws {
    let expected = try numbers { $0.loaders = 0 }
    for loaders in 0...3 {
      for memory in [0, 64] {
        let found = try numbers { ($0.loaders, $0.memoryMebibytes) = (loaders, memory) }
        #expect(found == expected, "\(loaders) loaders, \(memory) MiB")
      }
    }
  }

  private func numbers(_ change: (inout MediaPolicy) -> Void) throws -> [String] {
    let job = try job(change)
    try job.train("run")
    return try job.numbers("run")
  }

  @Test(arguments: [0, 2]) func `cut off and gone on with`(loaders: Int) throws {
    let job = try job { ($0.loaders, $0.memoryMebibytes) = (loaders, 0) }
    try job.train("whole")
    for checkpoints in [1, 3] {
      #expect(throws: SmallJob.Death.self) {
        try job.train("cut\(checkpoints)", dyingAfter: checkpoints)
      }
      try job.resume("cut\(checkpoints)")
      #expect(try job.numbers("cut\(checkpoints)") == job.numbers("whole"))
    }
  }

  @Test func `what is left out is listed in the run's folder`() throws {
    let job = try job { ($0.onBroken, $0.onMissing) = (.skip, .absent) }
    let rows = try #require(job.scratch.text("train.csv"))
    try job.scratch.write("no picture", to: "broken.png")
    try job.scratch.write(
      rows + "a,1,\(job.scratch["broken.png"])\nb,2,\(job.scratch["nowhere.png"])\n",
      to: "train.csv")
    try job.train("run")
    let list = try #require(job.scratch.text("run/left-out.csv")).split(separator: "\n")
    #expect(list.count == 5 && list[0] == "modality,id,file,problem")
    #expect(list[1] == "strong,b,\(job.scratch["nowhere.png"]),no such file")
    #expect(list[2].hasPrefix("strong,a,\(job.scratch["broken.png"]),"))
  }
}
