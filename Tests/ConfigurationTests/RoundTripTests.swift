import Testing

@testable import Configuration

@Suite struct RoundTripTests {
  @Test(arguments: 0..<200) func `a resolved configuration reads back as itself`(
    seed: Int
  ) throws {
    let run = randomConfiguration(seed: UInt64(seed))
    #expect(try RunConfiguration.parse(run.yaml, file: "x", baseDirectory: nil) == run)
    #expect(try parse(run.yaml) == run)
    #expect(try parse(run.yaml).yaml == run.yaml)
  }

  @Test(arguments: ["lazy2", "lazy3", "mosi", "mfeat", "av-digits", "stamps", "stamps-minilm"])
  func `every example reads back as itself`(name: String) throws {
    let run = try RunConfiguration.load(path: "\(packageFolder)/examples/\(name).yaml")
    #expect(run.modalities.count >= 2)
    #expect(try parse(run.yaml) == run)
  }

  @Test(arguments: ["cremad", "food101", "iemocap", "kinetics-sounds", "mvsa"])
  func `every recipe reads back as itself`(name: String) throws {
    let run = try RunConfiguration.load(path: "\(packageFolder)/examples/recipes/\(name).yaml")
    #expect(run.modalities.count >= 2)
    #expect(run.modalities.allSatisfy { $0.optimizer == run.optimizer })
    #expect(run.optimizer.learningRate == 0.001 && run.optimizer.momentum == 0.9)
    #expect(try parse(run.yaml) == run)
  }

  @Test func `a root that is not resolved travels as it is`() throws {
    let run = try RunConfiguration.parse(minimal, file: "x", baseDirectory: nil)
    #expect(run.data.root == ".")
    #expect(try RunConfiguration.parse(run.yaml, file: "x", baseDirectory: nil) == run)
  }

  @Test func `ten thousand named classes read back`() throws {
    var run = try parse(minimal)
    run.classes = (0..<10_000).map { "class number \($0)" }
    #expect(try parse(run.yaml) == run)
  }

  @Test func `a resolved configuration names every key and no preset`() throws {
    let text = try parse(minimal + "preset: plain\n").yaml
    #expect(!text.contains("preset"))
    #expect(text.contains("\nhgm:\n  enabled: false\n  order: project_first\n"))
    #expect(text.contains("\n  threads: null\n"))
    #expect(text.contains("\n    encoder:\n      kind: mlp\n      hidden: [64]\n"))
  }

  @Test func `an example is what its comments say`() throws {
    let run = try RunConfiguration.load(path: "\(packageFolder)/examples/lazy3.yaml")
    #expect(run.optimizer.learningRate == 0.02)
    #expect(run.optimizer.momentum == 0.9)
    #expect(run.optimizer.weightDecay == 1e-4)
    #expect(run.optimizer.decayEpoch == 45)
    #expect(run.epochs == 60 && run.batchSize == 64 && run.features == 64)
    #expect(run.classes.count == 10)
    #expect(run.modalities.map(\.name) == ["strong", "weak", "weaker"])
    #expect(run.modalities.allSatisfy { $0.encoder == .mlp(.init()) })
    #expect(run.modalities.allSatisfy { $0.optimizer == run.optimizer })
  }

  @Test(.enabled(if: isReadable("\(packageFolder)/../shared/data/mosi")))
  func `data of the examples lie where they say`() throws {
    for name in ["mosi", "mosi-transformer", "mfeat", "av-digits"] {
      let run = try RunConfiguration.load(path: "\(packageFolder)/examples/\(name).yaml")
      for modality in run.modalities {
        #expect(paths(of: modality).allSatisfy { isReadable("\(run.data.root)/\($0)") })
      }
    }
  }

  private func paths(of modality: ModalityConfiguration) -> [String] {
    switch modality.source {
    case .synthetic: []
    case .arrays(let options):
      [options.train, options.test].compactMap { $0 }.flatMap { split in
        [split.values] + [split.labels, split.ids].compactMap { $0 }
      }
    case .audio(let options): options.train + options.test
    case .images(let options): options.train + options.test
    case .video(let options): options.picture.train + options.picture.test
    case .text(let options): options.train + options.test
    case .idx(let options):
      [options.train, options.test].compactMap { $0 }.flatMap { [$0.images] + $0.manifests }
    }
  }
}
