import CKernels
import Tensors

/// A convolution within a residual network: without bias, computed the shortest way that its shape
/// allows, with scratch memory that all convolutions share, and with the norm and ReLU before it
/// applied on the way in.
final class BlockConvolution {
  /// How a shape is computed.
  enum Method {
    /// Winograd where it suits, else direct, else columns.
    case fastest
    /// The slow way, which all shapes have.
    case columns
  }

  let outputShape: Shape
  let inputShape: Shape
  /// `[filters, kernel, kernel, channels]`; He normal by outputs, as torchvision has it.
  let weight: Parameter

  private let winograd: WinogradConvolution?
  private let direct: DirectConvolution?
  private let columns: ColumnConvolution
  private let workspace: Workspace

  init(
    inputShape: Shape, filters: Int, kernel: Int, stride: Int, padding: Int, capacity: Int,
    workspace: Workspace, method: Method
  ) {
    let (height, width, channels) = (inputShape[0], inputShape[1], inputShape[2])
    let geometry = Convolution(
      height: height, width: width, channels: channels,
      outHeight: (height + 2 * padding - kernel) / stride + 1,
      outWidth: (width + 2 * padding - kernel) / stride + 1, filters: filters, kernel: kernel,
      stride: stride, padding: padding)
    self.inputShape = inputShape
    self.workspace = workspace
    outputShape = [geometry.outHeight, geometry.outWidth, filters]
    weight = Parameter(
      "weight", [filters, kernel, kernel, channels], .heNormal(fanIn: kernel * kernel * filters))
    columns = ColumnConvolution(geometry)
    switch method {
    case .columns: (winograd, direct) = (nil, nil)
    case .fastest where WinogradConvolution.suits(geometry):
      winograd = WinogradConvolution(geometry, capacity: capacity, workspace: workspace)
      direct = nil
    case .fastest:
      winograd = nil
      direct = filters % 16 == 0 ? DirectConvolution(geometry) : nil
    }
    if winograd == nil {
      workspace.reserve(.activation, capacity * inputShape.elementCount)
      workspace.reserve(.addend, capacity * inputShape.elementCount)
    }
  }

  /// `output` of `input`, or of max(norm(input), 0).
  func forward(_ input: Tensor, norm: ChannelNorm? = nil, into output: Tensor) {
    output.count = input.count
    if let winograd {
      return winograd.forward(input, norm: norm, weights: weight.value, into: output)
    }
    let input = rectified(input, norm)
    if let direct {
      direct.forward(input, weights: weight.value, into: output)
    } else {
      columns.forward(input, weights: weight.value, into: output)
    }
  }

  /// The gradient of the weights and, unless `inputGradient` is nil, that of the (normed) input:
  /// added to it if `adds`, else stored.
  func backward(
    _ input: Tensor, norm: ChannelNorm? = nil, outputGradient: Tensor,
    inputGradient: Tensor?, adds: Bool
  ) {
    if let winograd {
      if !adds, let inputGradient { Elementwise.clear(inputGradient.held) }
      return winograd.backward(
        input, norm: norm, outputGradient: outputGradient, weights: weight.value,
        weightGradient: weight.gradient, addingTo: inputGradient)
    }
    let input = rectified(input, norm)
    if let direct {
      direct.weightGradient(input, outputGradient, into: weight.gradient)
    } else {
      columns.weightGradient(input, outputGradient, into: weight.gradient)
    }
    guard let inputGradient else { return }
    guard let direct, direct.givesInputGradient else {
      return columns.inputGradient(
        outputGradient, weights: weight.value, into: inputGradient, adds: adds)
    }
    guard adds else {
      return direct.inputGradient(outputGradient, weights: weight.value, into: inputGradient)
    }
    let part = workspace.tensor(.addend, inputShape, count: input.count)
    direct.inputGradient(outputGradient, weights: weight.value, into: part)
    Elementwise.add(part.held, to: inputGradient.held)
  }

  private func rectified(_ input: Tensor, _ norm: ChannelNorm?) -> Tensor {
    guard let norm else { return input }
    let result = workspace.tensor(.activation, inputShape, count: input.count)
    norm.apply(input, into: result, rectified: true)
    return result
  }

  /// Takes the memory of all passes.
  ///
  /// - Parameters:
  ///   - isNormed: whether its input is the norm of one.
  ///   - wantsInputGradient, adds: as `backward` is told.
  func reserve(_ count: Int, isNormed: Bool, wantsInputGradient: Bool, adds: Bool) {
    if let winograd { return winograd.reserve(count) }
    if isNormed { workspace.take(.activation) }
    direct?.reserve(wantsInputGradient: wantsInputGradient)
    let givesInputGradient = direct?.givesInputGradient ?? false
    if direct == nil || wantsInputGradient && !givesInputGradient { columns.reserve() }
    if wantsInputGradient && givesInputGradient && adds { workspace.take(.addend) }
  }

  /// Takes the memory of the way there alone.
  func reserve(evaluating count: Int, isNormed: Bool) {
    if let winograd { return winograd.reserve(evaluating: count) }
    if isNormed { workspace.take(.activation) }
    direct?.reserve(wantsInputGradient: false)
    if direct == nil { columns.reserve() }
  }
}
