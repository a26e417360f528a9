import CKernels
import Tensors

/// Convolution by kernels that read patches in place, one sample after another in each thread;
/// filters in sixteens.
///
/// The input gradient at stride 1 is itself a convolution: of the output gradient, with the kernels
/// turned by 180 degrees and channels and filters exchanged.
final class DirectConvolution {
  /// Whether the input gradient can be had this way.
  let givesInputGradient: Bool

  private let geometry: Convolution
  private let turned: Convolution
  /// A sample with its border of zeros, for each thread.
  private let padded: RowStorage
  private let paddedGradient: RowStorage
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
    padded = RowStorage([Self.paddedCount(geometry)])
    paddedGradient = RowStorage([Self.paddedCount(turned)])
    panels = Tensor([rounded * geometry.filters], capacity: 1)
    let paddedRow = (geometry.width + 2 * geometry.padding) * channels
    let run = kernel * channels
    offsets = (0..<rounded).map { $0 < patch ? $0 / run * paddedRow + $0 % run : 0 }
  }

  /// `output [n, …, filters]` of `input [n, H, W, C]`, without bias.
  func forward(_ input: Tensor, weights: UnsafePointer<Float>, into output: Tensor) {
    let lanes = Threads.count
    let padded = padded.rows(lanes)
    withUnsafePointer(to: geometry) { geometry in
      convolution_pack(geometry, weights, panels.values)
      Threads.split(input.count, work: Self.work(geometry.pointee), lanes: lanes) {
        samples, lane in
        for index in samples {
          let source = Self.bordered(geometry, input.sample(index), padded.sample(lane))
          convolution_direct(geometry, source, panels.values, output.sample(index))
        }
      }
    }
  }

  /// `gradient [filters, patch]` of the weights. Threads share the elements of a patch, so that
  /// each sum over samples stays in one of them.
  func weightGradient(
    _ input: Tensor, _ outputGradient: Tensor, into gradient: UnsafeMutablePointer<Float>
  ) {
    let lanes = Threads.count
    let padded = padded.rows(lanes)
    panels.values.update(repeating: 0, count: panels.stride)
    withUnsafePointer(to: geometry) { geometry in
      offsets.withUnsafeBufferPointer { offsets in
        let work = input.count * Self.work(geometry.pointee) / max(1, offsets.count)
        Threads.split(offsets.count, grain: 8, work: work, lanes: lanes) { elements, lane in
          for index in 0..<input.count {
            let source = Self.bordered(geometry, input.sample(index), padded.sample(lane))
            convolution_direct_weights(
              geometry, source, outputGradient.sample(index), offsets.baseAddress,
              elements.lowerBound, elements.upperBound, panels.values)
          }
        }
      }
      convolution_unpack(geometry, panels.values, gradient)
    }
  }

  /// `inputGradient [n, H, W, C]`; only if `givesInputGradient`.
  func inputGradient(
    _ outputGradient: Tensor, weights: UnsafePointer<Float>, into inputGradient: Tensor
  ) {
    let lanes = Threads.count
    let padded = paddedGradient.rows(lanes)
    withUnsafePointer(to: geometry) { convolution_pack_turned($0, weights, panels.values) }
    withUnsafePointer(to: turned) { turned in
      Threads.split(outputGradient.count, work: Self.work(turned.pointee), lanes: lanes) {
        samples, lane in
        for index in samples {
          let source = Self.bordered(turned, outputGradient.sample(index), padded.sample(lane))
          convolution_direct(turned, source, panels.values, inputGradient.sample(index))
        }
      }
    }
  }

  private static func paddedCount(_ c: Convolution) -> Int {
    c.padding == 0 ? 0 : (c.height + 2 * c.padding) * (c.width + 2 * c.padding) * c.channels
  }

  /// The work of one sample; sixteen multiplications take as long as a float from memory.
  private static func work(_ c: Convolution) -> Int {
    c.outHeight * c.outWidth * c.filters * c.kernel * c.kernel * c.channels / 16
  }

  /// A sample with its border of zeros: a copy in `room` if there is one.
  private static func bordered(
    _ geometry: UnsafePointer<Convolution>, _ sample: UnsafeMutablePointer<Float>,
    _ room: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    guard geometry.pointee.padding > 0 else { return UnsafePointer(sample) }
    convolution_pad(geometry, sample, room)
    return UnsafePointer(room)
  }

  /// Takes the memory of all passes.
  func reserve(wantsInputGradient: Bool) {
    _ = padded.rows(Threads.count)
    if wantsInputGradient && givesInputGradient { _ = paddedGradient.rows(Threads.count) }
  }
}
