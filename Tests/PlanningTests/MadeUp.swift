@testable import Planning

/// Small tables whose numbers can be followed by hand.
enum MadeUp {
  /// 40 and 60 ms for 16 samples, in proportion for fewer; twice as fast on two threads; a tenth slower
  /// beside another. Two layers of 1 and 0.5 MB, ready after a third of the backward pass and at its end.
  static func modality(_ name: String = "video", spread: Double = 0) -> ModalityProfile {
    func pass(_ samples: Int) -> ModalityProfile.Pass {
      let part = Double(samples) / 16
      var (forward, backward) = (
        Measurement(exactly: 0.04 * part), Measurement(exactly: 0.06 * part)
      )
      (forward.spread, backward.spread) = (spread, spread)
      return .init(
        samples: samples, forward: forward, backward: backward, processor: 0.1 * part,
        ready: [0.02 * part, 0.06 * part])
    }
    return ModalityProfile(
      name: name, identity: ["encoder": "resnet", "sample": "3 x 8 x 8"], batchSize: 16,
      passes: [16, 8, 4, 2].map(pass), threads: Curve([.init(1, 1), .init(2, 0.5)]),
      slowdown: Curve([.init(1, 1), .init(2, 1.1)]), step: .init(exactly: 0.003),
      buckets: [.init("last", byteCount: 1_000_000), .init("first", byteCount: 500_000)],
      norms: [8, 8], load: .init(exactly: 0.0001), isLoadedAhead: true,
      headPart: .init(exactly: 0.001), featureGradient: .init(exactly: 0.0004),
      memory: .init(
        weights: 1_500_000, gradients: 1_000_000, state: 1_500_000, activations: 16_000_000,
        samples: 2_000_000, other: 500_000))
  }

  /// A head of 10 classes and 9 features: 416 bytes down, 512 up.
  static func profile(_ modalities: [ModalityProfile] = [modality()]) -> Profile {
    Profile(
      machine: machine,
      head: .init(
        classes: 10, features: 9, apply: .init(exactly: 0.0005), settle: .init(exactly: 0.0002)),
      modalities: modalities, bandwidth: Curve([.init(1, 1e9), .init(2, 1.5e9)]),
      summing: Curve([.init(2, 5e8)]))
  }

  static let machine = MachineFacts(
    host: "here", processor: "made up", cores: 2, coreType: "Zen", lanes: "avx2", memory: 8e9,
    sharedMemory: 1e9, date: "2026-11-29T00:00:00Z", load: 0)

  /// 10 us awake and 50 asleep on a node; 1 ms between nodes, 5 ms for a piece of 256 KiB, 100 MB/s.
  static let network = NetworkProfile(
    machine: nil, hosts: ["here"],
    sameNode: .init(
      awake: Curve([.init(4, 10e-6)]), asleep: Curve([.init(4, 50e-6)]), oneWay: 4e9,
      bothWays: 4e9, into: Curve([.init(1, 4e9)])),
    betweenNodes: .init(
      awake: Curve([.init(1024, 0.001), .init(262_144, 0.005)]),
      asleep: Curve([.init(1024, 0.002), .init(262_144, 0.006)]), oneWay: 1e8, bothWays: 1e8,
      into: Curve([.init(1, 1e8)])), poll: 1e-6)

  static func model(
    nodes: Int = 1, cores: Int = 4, _ modalities: [ModalityProfile] = [modality()]
  ) -> CostModel {
    CostModel(
      profile: profile(modalities), network: network,
      cluster: Cluster(nodes: nodes, cores: cores))
  }

  static func run(_ count: Int = 1, ranks: Int = 1, shards: Int? = nil, threads: Int = 1)
    -> PlannedRun
  {
    PlannedRun(
      (0..<count).map {
        .init("video\($0)", profile: 0, ranks: ranks, shards: shards, threads: threads)
      })
  }
}
