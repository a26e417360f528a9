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
    self.rectified = rectified
    output = Tensor(inputShape, capacity: capacity)
  }

  /// The normalised batch, by its own statistics in training and the running ones in evaluation.
  public func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.stride == outputShape.elementCount, "input \(input.sampleShape)")
    output.count = input.count
    let rows = input.elementCount / norm.channels
    remembered = mode == .training ? input : nil
    guard rows > 0 else { return output }
    norm.prepare(input, mode: mode)
    norm.apply(input, into: output, rectified: rectified)
    return output
  }

  /// Gradients of `weight` and `bias`; and with respect to the input, through the batch's mean and
  /// variance.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    guard let input = remembered else { preconditionFailure("backward before training forward") }
    precondition(outputGradient.elementCount == input.elementCount)
    let rows = input.elementCount / norm.channels
    norm.sumGradients(outputGradient, input: input, rectified: rectified)
    norm.useGradientSums(rows: rows)
    guard wantsInputGradient else { return nil }
    inputGradient.count = input.count
    guard rows > 1 else {
      inputGradient.values.update(repeating: 0, count: inputGradient.elementCount)
      return inputGradient
    }
    let channels = norm.channels
    norm.withAffine { affine in
      Threads.split(rows, work: 3 * channels) { part, _ in
        let place = part.lowerBound * channels
        norm_channels_gradient(
          input.values + place, outputGradient.values + place, inputGradient.values + place,
          part.count, channels, affine, norm.slope.values, norm.offset.values, rectified ? 1 : 0)
      }
    }
    return inputGradient
  }

  /// Takes the memory of training; see `Layer`.
  public func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    norm.reserve(rows: count * output.stride / norm.channels)
    if wantsInputGradient { _ = inputGradient }
    return count
  }
}
