import Tensors

/// How training treats the layers of an encoder whose weights come from elsewhere.
public struct EncoderTraining: Sendable, Equatable {
  /// The layers, from the first, that do not move. They are as in evaluation, too: dropout is off, and
  /// batch norms use their running statistics and keep them.
  public enum Freeze: Sendable, Equatable {
    /// All layers move.
    case nothing
    /// What turns tokens or patches into rows, with its norm; the stem of a residual network.
    case embeddings
    /// The embeddings and so many blocks of a transformer, or stages of a residual network.
    case blocks(Int)
    /// Everything but a last linear layer, which there is where the width is not that of the features.
    case all
  }

  /// The layers that do not move.
  public var freeze = Freeze.nothing
  /// The learning rate of the last block is this times the optimizer's; a last linear layer, which no
  /// file has weights for, has all of it.
  public var learningRateScale = 1.0
  /// The learning rate of a block is this times that of the next; the embeddings' are the lowest.
  public var layerDecay = 1.0

  /// All layers move alike.
  public init() {}
}

extension EncoderTraining {
  /// How many of the layers with these depths do not move, as `LayerBuilder` says.
  func frozenCount(_ depths: [Int?], blockCount: Int) throws -> Int {
    let deepest: Int
    switch freeze {
    case .nothing: return 0
    case .embeddings: deepest = 0
    case .blocks(let count):
      guard (1...max(1, blockCount)).contains(count) else {
        throw NetworkError.badOption(
          "freeze", value: count, allowed: "from 1 to the \(blockCount) blocks that there are")
      }
      deepest = count
    case .all: deepest = .max
    }
    return depths.prefix { $0.map { $0 <= deepest } ?? false }.count
  }

  /// What the learning rates of the layers with these depths are multiplied by.
  func rates(_ depths: [Int?], blockCount: Int) -> [Double] {
    depths.map { depth in
      guard let depth else { return 1 }
      let steps = max(0, blockCount - depth)
      // The blocks count from the last: it has no decay.
      return learningRateScale * Elementary.power(layerDecay, Double(steps))
    }
  }
}
