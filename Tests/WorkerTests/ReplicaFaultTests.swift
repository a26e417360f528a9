import Datasets
import Exchange
import Networks
import Tensors
import Testing

@testable import Worker

/// What is said when something is wrong on a rank that shares a modality.
@Suite struct ReplicaFaultTests {
  private static let ranks = 1..<3

  private static func link(_ endpoint: Endpoint) -> GroupLink {
    let link = GroupLink(
      place: GroupPlace(ranks: ranks, index: endpoint.worldRank - ranks.lowerBound),
      endpoint: endpoint)
    link.introduce("a", host: "here")
    return link
  }

  /// Why rank 0 stops that waits for the leader, while `body` runs on both ranks of the group.
  private func refusal(
    before: @escaping @Sendable (Endpoint) throws -> Void = { _ in },
    _ body: @escaping @Sendable (GroupLink) throws -> Void
  ) -> ExchangeError? {
    #expect(throws: ExchangeError.self) {
      try OneProcess.run(ranks: 3, deadline: .seconds(60)) { endpoint in
        guard endpoint.worldRank > 0 else {
          try before(endpoint)
          _ = try endpoint.receive(Ready(), from: 1)
          return
        }
        let link = Self.link(endpoint)
        // Its last word has been sent.
        try? WorkerSession.refusing(over: endpoint, link.place) { try body(link) }
      }
    }
  }

  private static let expected = ExchangeError.refused(
    by: "rank 2 (modality a, replica 2 of 2)", reason: "no room")

  @Test func `what a replica refuses, its leader passes on while it waits for it`() {
    let found = refusal { link in
      guard link.place.isLeader else { throw WorkerError.outOfMemory("no room") }
      try link.endpoint.receive(ReplicaFeatures(Buffer(1)), number: 0, from: 2)
    }
    #expect(found == Self.expected)
  }

  @Test func `what a replica has refused, its leader finds when it sees that one has failed`() {
    let found = refusal(
      before: { coordinator in
        try coordinator.receive(Greeting(), from: 2)
        try coordinator.send(Greeting(), to: 1)
      },
      { link in
        guard link.place.isLeader else {
          try link.endpoint.send(Greeting(), to: 0)
          throw WorkerError.outOfMemory("no room")
        }
        try link.endpoint.receive(Greeting(), from: 0)
        throw ExchangeError.abandoned(by: "rank 2")
      })
    #expect(found == Self.expected)
  }

  /// Samples of ones, one of which holds a value that no check has seen.
  private struct OddSource: SampleSource {
    let odd: Int
    let sampleShape: Shape = [5]
    let labels = (0..<10).map { $0 % Learner.classes }
    var ids: [String] { labels.indices.map { "a_\($0)" } }

    func read(_ index: Int, into destination: inout MutableSpan<Float>) {
      destination.update(repeating: 1)
      if index == odd { destination[3] = .nan }
    }
  }

  private static let rows = [4, 2, 7, 0, 9, 1, 3, 5, 6, 8]

  private static func learner(_ shards: Shards, odd: Int) throws -> ModalityLearner {
    let network = try ShardedEncoder(shards, capacity: 10) { capacity, memory in
      var mlp = MLPOptions()
      (mlp.hidden, mlp.finalReLU) = ([], false)
      let encoder = try EncoderArchitecture.mlp(mlp).makeEncoder(
        inputShape: [5], features: Learner.features, capacity: capacity, memory: memory ?? .own)
      encoder.store.values.update(repeating: 1)
      return encoder
    }
    return ModalityLearner(
      network: network, source: OddSource(odd: odd), classCount: Learner.classes, options: .still)
  }

  @Test(arguments: [(7, 3), (3, 7)]) func `a sample of either rank is named with its value`(
    odd: Int, place: Int
  ) throws {
    let error = #expect(throws: NonfiniteBatch.self) {
      try OneProcess.run(ranks: 3, deadline: .seconds(60)) { endpoint in
        guard endpoint.worldRank > 0 else {
          return
        }
        let link = Self.link(endpoint)
        let shards = (0..<2).map { Shards(2, own: $0..<$0 + 1) }
        let learner = try Self.learner(shards[link.place.index], odd: odd)
        try learner.load(Self.rows, at: .init(epoch: 0, batch: 0))
        guard link.place.isLeader else {
          let features = try learner.forwardOwn()
          return try endpoint.send(
            ReplicaFeatures(features.held, oddInput: learner.oddInput), number: 0, to: 1)
        }
        learner.group = ReplicaLeader(
          link, shards: shards, featureCount: Learner.features, batchSize: 10, mayDrift: false)
        let head = Head(classCount: Learner.classes, featureCount: Learner.features)
        let features = try learner.forward()
        let logits = Tensor([Learner.classes], capacity: 10)
        head.logits(features, into: logits)
        throw learner.found(
          .loss(learner.fault(features: features, logits: logits, head: head)), epoch: 0,
          batch: 0, of: 1)
      }
    }
    #expect(
      error?.description.contains(
        "sample \(place) of the mini-batch (id 'a_\(odd)') has nan as value 3 of its input")
        == true,
      "\(String(describing: error))")
  }
}
