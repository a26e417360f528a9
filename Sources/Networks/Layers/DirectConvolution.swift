import CKernels
import Tensors

/// Convolution by kernels that read patches in place, one sample after another; filters in
/// sixteens.
///
/// The input gradient at stride 1 is itself a convolution: of the output gradient, with the kernels
/// turned by 180 degrees and channels and filters exchanged.
final class DirectConvolution {
  /// Whether the input gradient can be had this way.
  let givesInputGradient: Bool

  private var geometry: Convolution
  private var turned: Convolution
  private let padded: Tensor
  private lazy var paddedGradient = Tensor([Self.paddedCount(turned)], capacity: 1)
  /// Weights on the way forward and back, then their gradient.
  private let panels: Tensor
  private let offsets: [Int]

  init(_ geometry: Convolution) {
    precondition(geometry.filters % 16 == 0)
    self.geometry = geometry
    let (kernel, channels) = (geometry.kernel, geometry.channels)
    let turnedPadding = kernel - 1 - geometry.padding
    givesInputGradient = geometry.stride == 1 && turnedPadding >= 0 && channels % 16 == 0
    turned = Convolution(
      height: geometry.outHeight, width: geometry.outWidth, channels: geometry.filters,
      outHeight: geometry.height, outWidth: geometry.width, filters: channels, kernel: kernel,
      stride: 1, padding: max(0, turnedPadding))
    let patch = kernel * kernel * channels
    let rounded = (patch + 7) / 8 * 8
    padded = Tensor([geometry.padding == 0 ? 0 : Self.paddedCount(geometry)], capacity: 1)
    panels = Tensor([rounded * geometry.filters], capacity: 1)
    let paddedRow = (geometry.width + 2 * geometry.padding) * channels
    let run = kernel * channels
    offsets = (0..<rounded).map { $0 < patch ? $0 / run * paddedRow + $0 % run : 0 }
  }

  /// `output [n, …, filters]` of `input [n, H, W, C]`, without bias.
  func forward(_ input: Tensor, weights: UnsafePointer<Float>, into output: Tensor) {
    convolution_pack(&geometry, weights, panels.values)
    for index in 0..<input.count {
      convolution_direct(&geometry, bordered(input, index), panels.values, output.sample(index))
    }
  }

  /// `gradient [filters, patch]` of the weights.
  func weightGradient(
    _ input: Tensor, _ outputGradient: Tensor, into gradient: UnsafeMutablePointer<Float>
  ) {
    panels.values.update(repeating: 0, count: panels.stride)
    offsets.withUnsafeBufferPointer { offsets in
      for index in 0..<input.count {
        convolution_direct_weights(
          &geometry, bordered(input, index), outputGradient.sample(index), offsets.baseAddress,
          panels.values)
      }
    }
    convolution_unpack(&geometry, panels.values, gradient)
  }

  /// `inputGradient [n, H, W, C]`; only if `givesInputGradient`.
  func inputGradient(
    _ outputGradient: Tensor, weights: UnsafePointer<Float>, into inputGradient: Tensor
  ) {
    convolution_pack_turned(&geometry, weights, panels.values)
    for index in 0..<outputGradient.count {
      var source = outputGradient.sample(index)
      if turned.padding > 0 {
        convolution_pad(&turned, source, paddedGradient.values)
        source = paddedGradient.values
      }
      convolution_direct(&turned, source, panels.values, inputGradient.sample(index))
    }
  }

  private static func paddedCount(_ c: Convolution) -> Int {
    (c.height + 2 * c.padding) * (c.width + 2 * c.padding) * c.channels
  }

  /// A sample with its border of zeros: a copy if there is one.
  private func bordered(_ input: Tensor, _ index: Int) -> UnsafePointer<Float> {
    guard geometry.padding > 0 else { return UnsafePointer(input.sample(index)) }
    convolution_pad(&geometry, input.sample(index), padded.values)
    return UnsafePointer(padded.values)
  }
}
