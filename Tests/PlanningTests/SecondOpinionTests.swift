import Testing

@testable import Planning

/// What SimGrid's SMPI 3.32 said of the same protocol in 60 lines of C, calibrated with pings over a relay of
/// 1 Gbit/s and 1 ms (latency x 1.1, bandwidth x 0.94, messages below 512 KiB leave at once): a simulator that
/// shares nothing with this code. Head of 512 x 101, 1.0 ms at the worker, 1.2 ms at the coordinator, encoders
/// of 0.3 and 0.6 s, 44.8 MB of gradients exchanged once the backward pass is over.
@Suite struct SecondOpinionTests {
  private static let link = NetworkProfile.Link(
    bandwidth: 0.94 * 1.25e8, latency: 1.1e-3, wakeUp: 0)

  private static func model(forward: Double, backward: Double, ranks: Int) -> CostModel {
    var modality = ModalityProfile.standIn(
      "m", seconds: forward + backward, batchSize: 16, headPart: 0.001)
    let samples = [16, 4, 1]
    modality.passes = samples.map {
      .init(
        samples: $0, forward: .init(exactly: forward), backward: .init(exactly: backward),
        processor: 0, ready: [backward])
    }
    modality.buckets = [.init("all", byteCount: 44_800_000)]
    let profile = Profile(
      machine: MadeUp.machine,
      head: .init(
        classes: 101, features: 512, apply: .init(exactly: 0.0012), settle: .init(exactly: 0)),
      modalities: [modality], bandwidth: Curve([]), summing: Curve([]))
    let network = NetworkProfile(
      machine: nil, hosts: [], sameNode: link, betweenNodes: link)
    return CostModel(
      profile: profile, network: network, cluster: Cluster(nodes: ranks, cores: 1))
  }

  @Test(arguments: [
    (64, 4, 1.519), (64, 15, 1.702), (250, 4, 1.991),
  ])
  func `replicas are predicted within 10 % of the simulator`(
    modalities: Int, ranks: Int, simulated: Double
  ) {
    let count = modalities * ranks
    let model = Self.model(forward: 0.3, backward: 0.6, ranks: count)
    let found = model.predict(MadeUp.run(modalities, ranks: ranks)).cycle
    #expect(abs(found / simulated - 1) < 0.06, "\(found) s")
  }

  /// 91.4 ms and 16.96 ms were measured over the relay.
  @Test(arguments: [(0.03, 0.06, 0.0910), (0, 0, 0.01593)])
  func `two modalities are predicted within 10 % of the simulator`(
    forward: Double, backward: Double, simulated: Double
  ) {
    let model = Self.model(forward: forward, backward: backward, ranks: 3)
    let found = model.predict(MadeUp.run(2)).cycle
    #expect(abs(found / simulated - 1) < 0.03, "\(found) s")
  }
}
