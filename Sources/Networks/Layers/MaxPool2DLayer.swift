import CKernels
import Tensors

/// The largest value of each square window, channel by channel: `[H, W, C]` to `[H/s, W/s, C]`.
///
/// Windows do not overlap; rows and columns after the last whole window are dropped. The gradient
/// goes to the window's first largest value, row by row, as in PyTorch; NaN counts as largest.
public final class MaxPool2DLayer: Layer {
  /// The largest side of a window: a place within it must fit a byte.
  public static let largestSize = 16

  /// `[H/s, W/s, C]`, rounded down.
  public let outputShape: Shape

  /// The places of what was largest last.
  public let repeatsBackward = true

  private let inputShape: Shape
  private let size: Int
  private let output: Tensor
  private let places: Buffer<UInt8>
  private lazy var inputGradient = Tensor(inputShape, capacity: output.capacity)

  /// Pooling over windows of `size` by `size`, at most 16.
  public init(inputShape: Shape, size: Int, capacity: Int) {
    precondition(inputShape.rank == 3 && (1...Self.largestSize).contains(size))
    self.inputShape = inputShape
    self.size = size
    outputShape = [inputShape[0] / size, inputShape[1] / size, inputShape[2]]
    output = Tensor(outputShape, capacity: capacity)
    places = Buffer(capacity * outputShape.elementCount)
  }

  /// The largest value of each window; remembers where it was.
  public func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.stride == inputShape.elementCount, "input \(input.sampleShape)")
    output.count = input.count
    Threads.split(input.count, work: input.stride + output.stride) { samples, _ in
      let first = samples.lowerBound
      pool_max(
        input.sample(first), output.sample(first), places.pointer + first * output.stride,
        samples.count,
        inputShape[0], inputShape[1], inputShape[2], size)
    }
    return output
  }

  /// Sends each gradient to the place its value came from; zero everywhere else.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    precondition(outputGradient.elementCount == output.elementCount)
    guard wantsInputGradient else { return nil }
    inputGradient.count = output.count
    let gradient = inputGradient
    Threads.split(output.count, work: gradient.stride + output.stride) { samples, _ in
      let first = samples.lowerBound
      pool_max_gradient(
        outputGradient.values + first * output.stride,
        places.pointer + first * output.stride, gradient.sample(first), samples.count,
        inputShape[0], inputShape[1], inputShape[2], size)
    }
    return inputGradient
  }

  /// Takes the memory of training; see `Layer`.
  public func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    if wantsInputGradient { _ = inputGradient }
    return count
  }
}
