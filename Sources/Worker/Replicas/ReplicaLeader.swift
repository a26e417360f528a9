import Exchange
import Networks
import Tensors

/// What the leader of a group says to the others in a mini-batch, and hears from them.
///
/// Features come when the others are done with their forward passes; gradients go when the head's part is
/// over. Nothing of it is between the coordinator's head and the answer to it.
final class ReplicaLeader: FeatureGroup {
  private let endpoint: Endpoint
  private let followers: Range<Int>
  private let shards: [Shards]
  /// The features of whole mini-batches.
  private let features: Tensor
  /// Whether there may be steps without a gradient after a mini-batch, so that the others wait for more.
  private let mayDrift: Bool
  /// The number of the mini-batch since the ranks began.
  private var step = -1
  private var owesWord = false
  private let nothing = Buffer<Float>(0)

  private(set) var oddInput: ReplicaFeatures.OddInput?

  /// The leader of a group.
  ///
  /// - Parameters:
  ///   - shards: those of each rank, the leader's first.
  ///   - batchSize: the most samples of a mini-batch.
  init(
    _ link: GroupLink, shards: [Shards], featureCount: Int, batchSize: Int, mayDrift: Bool
  ) {
    (followers, endpoint) = (link.place.followers, link.endpoint)
    (self.shards, self.mayDrift) = (shards, mayDrift)
    features = Tensor([featureCount], capacity: batchSize)
  }

  func gather(_ own: Tensor, of sampleCount: Int) throws -> Tensor {
    step += 1
    features.count = sampleCount
    oddInput = nil
    rows(0, of: features).held.update(from: own.held)
    for (place, rank) in followers.enumerated() {
      let part = try endpoint.receive(
        ReplicaFeatures(rows(place + 1, of: features).held), number: step, from: rank)
      oddInput = oddInput ?? part.oddInput
    }
    return features
  }

  func scatter(_ featureGradient: Tensor, learningRate: Double) throws -> Tensor {
    for (place, rank) in followers.enumerated() {
      let part = rows(place + 1, of: featureGradient).held
      try endpoint.send(
        GroupWord(.step, learningRate: learningRate, gradient: part), number: step, to: rank)
    }
    owesWord = mayDrift
    return rows(0, of: featureGradient)
  }

  func drift(learningRate: Double) throws {
    try tell(GroupWord(.drift, learningRate: learningRate, gradient: nothing))
  }

  func goOn() throws {
    guard owesWord else { return }
    owesWord = false
    try tell(GroupWord(.next, gradient: nothing))
  }

  private func tell(_ word: GroupWord) throws {
    for rank in followers { try endpoint.send(word, number: step, to: rank) }
  }

  private func rows(_ place: Int, of batch: Tensor) -> Tensor {
    Tensor(rows: shards[place].ownRows(in: batch.count), of: batch)
  }
}
