import CKernels
import Tensors

/// The largest value of each square window, channel by channel, where windows may overlap and reach
/// over the border: `[H, W, C]` to `[(H + 2 padding - size) / stride + 1, the same of W, C]`,
/// rounded down.
///
/// The border never wins. The gradient goes to the window's first largest value, row by row, as in
/// PyTorch; NaN counts as largest. Outputs and gradients go to memory of its owner.
final class SlidingMaxPool {
  let outputShape: Shape

  private let geometry: SlidingPool
  private let places: Buffer<UInt8>

  init(inputShape: Shape, size: Int, stride: Int, padding: Int, capacity: Int) {
    precondition(inputShape.rank == 3 && (1...MaxPool2DLayer.largestSize).contains(size))
    precondition(stride > 0 && (0..<size).contains(padding))
    let (height, width) = (inputShape[0], inputShape[1])
    precondition(min(height, width) + 2 * padding >= size, "\(inputShape) is too small")
    geometry = SlidingPool(
      height: height, width: width, channels: inputShape[2],
      outHeight: (height + 2 * padding - size) / stride + 1,
      outWidth: (width + 2 * padding - size) / stride + 1, size: size, stride: stride,
      padding: padding)
    outputShape = [geometry.outHeight, geometry.outWidth, inputShape[2]]
    places = Buffer(capacity * outputShape.elementCount)
  }

  /// `output` of `input`, or of max(norm(input), 0).
  func forward(_ input: Tensor, norm: ChannelNorm? = nil, into output: Tensor) {
    output.count = input.count
    guard let norm else { return forward(input, nil, into: output) }
    norm.withAffine { forward(input, $0, into: output) }
  }

  private func forward(
    _ input: Tensor, _ affine: UnsafePointer<ChannelAffine>?, into output: Tensor
  ) {
    withUnsafePointer(to: geometry) { geometry in
      Threads.split(input.count, work: input.stride + output.stride) { samples, _ in
        let first = samples.lowerBound
        pool_sliding_max(
          geometry, input.sample(first), affine, output.sample(first),
          places.pointer + first * output.stride, samples.count)
      }
    }
  }

  /// `inputGradient` by what was pooled last.
  func backward(_ outputGradient: Tensor, into inputGradient: Tensor) {
    inputGradient.count = outputGradient.count
    let work = inputGradient.stride + outputGradient.stride
    withUnsafePointer(to: geometry) { geometry in
      Threads.split(outputGradient.count, work: work) { samples, _ in
        let first = samples.lowerBound
        pool_sliding_max_gradient(
          geometry, outputGradient.sample(first),
          places.pointer + first * outputGradient.stride, inputGradient.sample(first), samples.count
        )
      }
    }
  }
}
