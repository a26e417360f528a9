import Storage

/// A mini-batch with numbers that are infinite or not a number.
public struct NonfiniteBatch: Error, Equatable, CustomStringConvertible {
  /// Which numbers.
  public enum Numbers: Sendable, Equatable {
    /// The loss, and why, as far as the worker can tell.
    case loss(LossFault)
    /// A modality's part of the joint loss.
    case jointLoss(LossFault)
    /// The joint loss, though this modality's part of it is finite.
    case otherLoss
    /// The gradient of a part of the network: `encoder.conv1`.
    case gradient(of: String)
  }

  /// Which numbers are not finite.
  public var numbers: Numbers
  /// The turn, from 0; nil where all modalities take it together.
  public var turn: Int?
  /// The epoch, from 0.
  public var epoch: Int
  /// The mini-batch of the epoch, from 0, and the number of them.
  public var batch, batchCount: Int
  /// The ids of its samples.
  public var ids: [String]

  /// What was found, where, and what to do.
  public var description: String {
    let epoch = "epoch \(epoch + 1), mini-batch \(batch + 1) of \(batchCount)"
    let place = turn.map { "in turn \($0) (\(epoch))" } ?? "(\(epoch))"
    let sentence =
      switch numbers {
      case .loss(let fault): "the loss is not finite \(place): \(fault)"
      case .jointLoss(let fault): "the joint loss is not finite \(place): \(fault)"
      case .otherLoss:
        "the joint loss is not finite \(place), though this modality's part of it is; look at the others"
      case .gradient(let part):
        "the gradient of \(part) is not finite \(place), though the loss is; lower optimizer.lr, set optimizer.clip_norm, or standardise the data"
      }
    return "\(sentence); the samples of the mini-batch are \(ids.listed)"
  }
}
