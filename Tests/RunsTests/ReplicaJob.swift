import Configuration
import Methods
import Tensors
import TestSupport
import Testing

@testable import Runs

/// A run of pictures whose modalities are shared by ranks: batch norm, dropout, stochastic depth, samples that
/// change at random, mini-batches of all sizes below that of the run, and some of no sample at all.
struct ReplicaJob {
  var job: SmallJob

  /// A run in which both modalities have `ranks` ranks and four shards.
  init(ranks: Int, method: String = "mla", set overrides: [String] = []) throws {
    job = try SmallJob()
    try Self.pictures(job.scratch)
    job.configuration = try RunConfiguration.parse(
      Self.text, file: "replicas.yaml", baseDirectory: job.scratch.path,
      overrides: ["method=\(method)"]
        + ["image", "patches"].map { "modalities.\($0).ranks=\(ranks)" } + overrides)
  }

  /// Of 43 training samples, the second modality has 9: where they are few, shards are empty.
  private static let text = """
    classes: 3
    features: 8
    epochs: 3
    batch_size: 10
    evaluation: {every: 2, batch_size: 7}
    checkpoint: {every: 2 cycles, keep: 20}
    optimizer: {lr: 0.01, momentum: 0.9}
    modalities:
      image:
        data:
          kind: idx
          train: {images: train-images, manifests: train.csv}
          test: {images: test-images, manifests: test.csv}
          standardise: feature
        augment: {shift: 1, flip: true, noise: 0.1}
        encoder: {kind: cnn, channels: [3, 4], norm: batch}
        shards: 4
      patches:
        data:
          kind: idx
          train: {images: train-images, manifests: few.csv}
          test: {images: test-images, manifests: test.csv}
        encoder:
          {kind: transformer, size: tiny, depth: 1, width: 12, heads: 2, patch_height: 4, patch_width: 4,
           dropout: 0.1, stochastic_depth: 0.1}
        shards: 4

    """

  private static func pictures(_ scratch: Scratch) throws {
    for (split, count) in [("train", 43), ("test", 26)] {
      var generator = SeededGenerator(seed: 2, stream: "images/\(split)")
      var bytes: [UInt8] = [0, 0, 8, 3, 0, 0, 0, UInt8(count), 0, 0, 0, 8, 0, 0, 0, 8]
      for sample in 0..<count {
        for place in 0..<64 {
          let isStripe = place / 8 == 2 * (sample % 3) + 1
          bytes.append(UInt8(generator.integer(below: 60) + (isStripe ? 150 : 0)))
        }
      }
      try scratch.write(bytes, to: "\(split)-images")
      let rows = (0..<count).map { "\(split)\($0),\($0 % 3),\($0)\n" }
      try scratch.write("id,label,index\n" + rows.joined(), to: "\(split).csv")
      if split == "train" {
        try scratch.write("id,label,index\n" + rows.prefix(9).joined(), to: "few.csv")
      }
    }
  }

  /// Trains, and returns every number that the run left but times.
  func numbers(_ name: String = "run") throws -> [String] {
    try job.train(name)
    return try job.numbers(name)
  }
}
