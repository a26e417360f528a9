import CKernels
import Tensors

/// Batch normalisation of each channel, the last axis (Ioffe and Szegedy, 2015), as PyTorch does
/// it: `y = (x - mean) / sqrt(variance + 1e-5) * weight + bias`, on request followed by a ReLU.
///
/// In training, mean and biased variance are the batch's, over samples and places; the running ones
/// move a tenth of the way towards them, the running variance towards the unbiased one. In
/// evaluation the running ones are used, and do not move. A batch with one value per channel has no
/// variance: its output is `bias`, its input gradient zero, and the running variance stays as it is
/// (PyTorch refuses such a batch).
public final class BatchNormLayer: Layer {
  /// The input's shape.
  public let outputShape: Shape
  /// `weight`, then `bias`.
  public var parameters: [Parameter] { [weight, bias] }
  /// `running_mean [channels]`, then `running_var [channels]`.
  public var states: [LayerState] { norm.states }
  /// The norm itself.
  public var norms: [ChannelNorm] { [norm] }
  /// `[channels]`, one at first.
  public var weight: Parameter { norm.weight }
  /// `[channels]`, zero at first.
  public var bias: Parameter { norm.bias }

  /// The input and its statistics last.
  public let repeatsBackward = true

  let seen: [[ChannelNorm]]
  let summed: [[ChannelNorm]]

  private let norm: ChannelNorm
  private let rectified: Bool
  private let output: Tensor
  private lazy var inputGradient = Tensor(outputShape, capacity: output.capacity)
  private var remembered: Tensor?

  /// A norm over the last axis of `inputShape`. `rectified` puts a ReLU after it in the same pass
  /// over memory.
  public init(inputShape: Shape, capacity: Int, rectified: Bool = false) {
    precondition(inputShape.rank > 0)
    outputShape = inputShape
    let channels = inputShape[inputShape.rank - 1]
    norm = ChannelNorm(channels: channels, places: inputShape.elementCount / channels)
    (seen, summed) = ([[norm]], [[norm]])
    self.rectified = rectified
    output = Tensor(inputShape, capacity: capacity)
  }

  /// The normalised batch, by its own statistics in training and the running ones in evaluation.
  public func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.stride == outputShape.elementCount, "input \(input.sampleShape)")
    guard input.count > 0 else {
      (output.count, remembered) = (0, mode == .training ? input : nil)
      return output
    }
    return forwardAlone(input, mode: mode)
  }

  /// Gradients of `weight` and `bias`; and with respect to the input, through the batch's mean and
  /// variance.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    backwardAlone(outputGradient, wantsInputGradient: wantsInputGradient)
  }

  /// Takes the memory of training; see `Layer`.
  public func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    norm.reserve(rows: count * output.stride / norm.channels)
    if wantsInputGradient { _ = inputGradient }
    return count
  }
}

extension BatchNormLayer: NormedLayer {
  func forward(piece: Int, _ input: Tensor, mode: Mode) -> Tensor? {
    guard piece == 1 else {
      remembered = mode == .training ? input : nil
      norm.see(input, mode: mode)
      return nil
    }
    output.count = input.count
    norm.apply(input, into: output, rectified: rectified)
    return output
  }

  func backward(piece: Int, _ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    guard let input = remembered else { preconditionFailure("backward before training forward") }
    precondition(outputGradient.elementCount == input.elementCount)
    guard piece == 1 else {
      norm.sumGradients(outputGradient, input: input, rectified: rectified)
      return nil
    }
    guard wantsInputGradient else { return nil }
    inputGradient.count = input.count
    norm.passOn(outputGradient, input: input, rectified: rectified, into: inputGradient)
    return inputGradient
  }
}
