import Tensors

/// One modality's encoder for the shards of a rank: as many encoders, each with activations and gradients of
/// its own, over the same values.
///
/// A shard is one call of an encoder, forward and backward, of a shape that mini-batch and number of shards
/// decide. The backward pass goes layer by layer over all shards, so that a layer's gradients are complete,
/// and can be used, before the next layer needs their place.
public final class ShardedEncoder {
  /// The shards of a mini-batch, and this rank's.
  public let shards: Shards
  /// The most samples of a mini-batch.
  public let capacity: Int
  /// An encoder for each shard of this rank. The first has what is saved, and in the end the gradients of
  /// all of them.
  public let encoders: [Encoder]
  /// Whether batches are what the frozen layers made of samples.
  public var beginsBehindFrozen = false

  /// The features of this rank's samples; nil: those of the one encoder are.
  private let features: Tensor?
  private let additions: [ShardTree.Addition]
  /// Which encoders have had samples in the last forward pass.
  private var filled: [Range<Int>] = []

  /// The mini-batch as one shard, by `encoder`, for up to `capacity` samples.
  public convenience init(_ encoder: Encoder, capacity: Int) {
    self.init([encoder], shards: .whole, capacity: capacity)
  }

  /// This rank's shards of mini-batches of up to `capacity` samples.
  ///
  /// - Parameter makeEncoder: makes an encoder for up to so many samples with its arrays in this memory; nil
  ///   for the first, whose values the others share: they need the gradients of one layer at a time only.
  public convenience init(
    _ shards: Shards, capacity: Int,
    makeEncoder: (_ capacity: Int, _ shared: ParameterMemory?) throws -> Encoder
  ) rethrows {
    let first = try makeEncoder(shards.capacity(capacity), nil)
    let memory = ParameterMemory(values: { _ in first.store.values })
    let others = try shards.own.dropFirst().map { _ in
      try makeEncoder(shards.capacity(capacity), memory)
    }
    self.init([first] + others, shards: shards, capacity: capacity)
  }

  private init(_ encoders: [Encoder], shards: Shards, capacity: Int) {
    self.encoders = encoders
    self.shards = shards
    self.capacity = capacity
    additions = ShardTree.additions(encoders.count)
    features =
      shards.count == 1
      ? nil : Tensor([encoders[0].featureCount], capacity: shards.ownCapacity(capacity), count: 0)
  }

  /// The encoder with what is saved.
  public var first: Encoder { encoders[0] }
  /// The most samples that are evaluated at a time.
  public var shardCapacity: Int { shards.capacity(capacity) }

  /// Takes all memory that training takes; see `Encoder.reserve`.
  public func reserve() { for encoder in encoders { encoder.reserve(shardCapacity) } }

  /// The features `[n, D]` of samples that are evaluated, at most `shardCapacity`. They hold until the next
  /// call.
  public func evaluate(_ batch: Tensor) -> Tensor { pass(batch, first, .evaluation) }

  /// The features of this rank's samples of a mini-batch of `sampleCount` samples in training. They hold until
  /// the next call.
  ///
  /// - Parameters:
  ///   - batch: this rank's samples, those at `shards.ownRows(in: sampleCount)`.
  ///   - place: numbers that no other mini-batch has, such as its epoch and its place there.
  public func forward(_ batch: Tensor, of sampleCount: Int, at place: [Int]) throws -> Tensor {
    let rows = shards.ownRows(in: sampleCount)
    precondition(batch.count == rows.count, "\(batch.count) samples for places \(rows)")
    filled = shards.own.map {
      let places = shards.rows(of: $0, in: sampleCount)
      return places.lowerBound - rows.lowerBound..<places.upperBound - rows.lowerBound
    }
    guard let features else { return pass(batch, first, .training) }
    features.count = batch.count
    for (encoder, rows) in zip(encoders, filled) where !rows.isEmpty {
      let found = pass(Tensor(rows: rows, of: batch), encoder, .training)
      Tensor(rows: rows, of: features).held.update(from: found.held)
    }
    return features
  }

  private func pass(_ batch: Tensor, _ encoder: Encoder, _ mode: Mode) -> Tensor {
    beginsBehindFrozen
      ? encoder.forwardMoving(batch, mode: mode) : encoder.forward(batch, mode: mode)
  }

  /// Turns the gradient of the loss with respect to the features that `forward` gave into that with respect
  /// to every parameter that moves, summed over the shards of this rank in the order of `ShardTree`: in the
  /// first encoder's store.
  ///
  /// An empty shard's gradients are zero.
  ///
  /// - Parameter use: called as soon as the gradients of a layer are complete, as in `Encoder.backward`.
  public func backward(
    _ featureGradient: Tensor, then use: (Range<Int>) throws -> Void
  ) rethrows {
    var gradients: [Tensor?] = filled.map {
      $0.isEmpty ? nil : Tensor(rows: $0, of: featureGradient)
    }
    let ranges = first.store.layerRanges
    for layer in ranges.indices.dropFirst(first.frozenLayerCount).reversed() {
      for (index, encoder) in encoders.enumerated() {
        gradients[index] = gradients[index].flatMap { encoder.backward(layer: layer, $0) }
        if filled[index].isEmpty { Elementwise.clear(encoder.store.gradients(of: ranges[layer])) }
      }
      guard !ranges[layer].isEmpty else { continue }
      for addition in additions {
        Elementwise.add(
          encoders[addition.from].store.gradients(of: ranges[layer]),
          to: encoders[addition.into].store.gradients(of: ranges[layer]))
      }
      try use(ranges[layer])
    }
  }
}
