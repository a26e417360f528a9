import Configuration
import Planning
import Testing

@testable import Runs

@Suite struct RankChooserTests {
  private func configuration(_ more: String = "") throws -> RunConfiguration {
    try RunConfiguration.parse(
      """
      classes: 4
      batch_size: 16
      \(more)
      modalities:
        video:
          data: {kind: synthetic, set: lazy2, component: strong}
          ranks: auto
        text:
          data: {kind: synthetic, set: lazy2, component: weak}
      """, file: "run.yaml", baseDirectory: nil)
  }

  /// Video takes 80 ms alone and in proportion for fewer samples, text 20 ms; threads bring next to nothing.
  private func model(cores: Int) -> CostModel {
    func modality(_ name: String, _ seconds: Double) -> ModalityProfile {
      var modality = ModalityProfile.standIn(name, seconds: 0, batchSize: 16, headPart: 0)
      modality.passes = [16, 8, 4, 2, 1].map {
        let part = seconds * Double($0) / 16
        return .init(
          samples: $0, forward: .init([part / 4]), backward: .init([part * 3 / 4]), processor: part,
          ready: [])
      }
      modality.threads = Curve([.init(1, 1), .init(4, 0.95)])
      return modality
    }
    let link = NetworkProfile.Link(bandwidth: 1e10, latency: 1e-5, wakeUp: 1e-5)
    return CostModel(
      profile: Profile(
        machine: .init(
          host: "", processor: "", cores: cores, coreType: "", lanes: "", memory: 0,
          sharedMemory: 0, date: "", load: 0),
        head: .init(classes: 4, features: 64, apply: .init([1e-5]), settle: .init([1e-5])),
        modalities: [modality("video", 0.08), modality("text", 0.02)],
        bandwidth: Curve([.init(1, 1e10)]), summing: Curve([.init(2, 1e10)])),
      network: NetworkProfile(machine: nil, hosts: [], sameNode: link, betweenNodes: nil),
      cluster: Cluster(nodes: 1, cores: cores))
  }

  @Test func `what was chosen is written into the configuration and told to the ranks`() throws {
    let chosen = try RankChooser(configuration(), model: model(cores: 5))
    #expect(chosen.configuration.modalities.map(\.ranks) == [4, 1])
    #expect(chosen.configuration.modalities[0].sharding.count == 4)
    #expect(!chosen.configuration.hasRanksToChoose)
    #expect(chosen.overrides == ["modalities.video.ranks=4", "execution.threads=1"])
    #expect(
      chosen.lines.first?.hasPrefix("ranks: auto chose video 4, text 1, 1 thread each: ") == true)
    #expect(try configuration().hasRanksToChoose && !configuration().yaml.contains("ranks: 4"))
  }

  @Test func `threads and shards that are written stay`() throws {
    var fixed = try configuration("execution: {threads: 1}")
    fixed.modalities[0].sharding.count = 2
    let chosen = try RankChooser(fixed, model: model(cores: 5))
    #expect(chosen.configuration.modalities.map(\.ranks) == [2, 1])
    #expect(chosen.overrides == ["modalities.video.ranks=2"])
  }
}
