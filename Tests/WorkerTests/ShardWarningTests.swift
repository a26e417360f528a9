import Configuration
import Datasets
import Networks
import Tensors
import Testing

@testable import Worker

/// What is said of shards that are too small for a batch norm.
@Suite struct ShardWarningTests {
  private struct Pictures: SampleSource {
    let sampleShape: Shape
    let labels: [Int]
    var ids: [String] { labels.indices.map { "\($0)" } }
    func read(_ index: Int, into destination: inout MutableSpan<Float>) {}
  }

  private func warnings(
    _ side: Int, samples: Int, shards: Int, _ encoder: EncoderArchitecture,
    _ norm: ShardOptions.BatchNorm = .local
  ) throws -> [String] {
    var modality = ModalityConfiguration(name: "m", source: .synthetic(.init()), encoder: encoder)
    (modality.sharding.count, modality.sharding.batchNorm) = (shards, norm)
    var run = RunConfiguration(classes: ["x", "y"], modalities: [modality])
    run.batchSize = 16
    let source = Pictures(
      sampleShape: [side, side, 1], labels: [Int](repeating: 0, count: samples))
    return try run.shardWarnings(of: 0, data: ModalityData(train: source, test: source))
  }

  private let resnet = EncoderArchitecture.resnet18(ResNetOptions())

  @Test func `statistics of few samples are warned of`() throws {
    let expected =
      "with 8 shards of a mini-batch of 16 samples, batch norms take their statistics over 2 each, which "
      + "are mostly noise; lower shards, raise batch_size, or set batch_norm: synchronised"
    #expect(try warnings(64, samples: 100, shards: 8, resnet) == [expected])
    #expect(try warnings(64, samples: 100, shards: 4, resnet) == [])
    #expect(try warnings(64, samples: 100, shards: 1, resnet) == [])
    #expect(try warnings(64, samples: 100, shards: 8, resnet, .synchronised) == [])
    #expect(try warnings(64, samples: 100, shards: 8, .mlp(.init())) == [])
    // A shard of one is no less than its map.
    #expect(try warnings(64, samples: 100, shards: 16, resnet).count == 1)
  }

  @Test func `one value of a channel is refused`() throws {
    let error = #expect(throws: NetworkError.self) {
      try warnings(32, samples: 100, shards: 16, resnet)
    }
    #expect(
      error?.description
        == "with 16 shards of a mini-batch of 16 samples, a batch norm sees one value of each channel, which "
        + "has no variance; lower shards, raise batch_size, or set batch_norm: synchronised")
    #expect(try warnings(32, samples: 100, shards: 8, resnet).count == 1)
    #expect(throws: NetworkError.self) { try warnings(32, samples: 8, shards: 8, resnet) }
  }
}
