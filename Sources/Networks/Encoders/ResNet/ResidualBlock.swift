import CKernels
import Tensors

/// The basic block of a residual network (He et al., 2016): 3x3 convolution, batch norm, ReLU, 3x3
/// convolution, batch norm, plus the block's input, ReLU. Where stride or width change, the input
/// goes through a 1x1 convolution of the same stride and a batch norm.
///
/// `[H, W, C]` to `[ceil(H / stride), ceil(W / stride), filters]`. Kept for backward are the
/// outputs of the convolutions and of the block; the norm between the convolutions is applied again
/// where it is read.
final class ResidualBlock: Layer {
  let outputShape: Shape
  let parameters: [Parameter]
  let states: [LayerState]
  var norms: [ChannelNorm] { [norm1, norm2] + (downsample.map { [$0.norm] } ?? []) }

  private let inputShape: Shape
  let convolution1: BlockConvolution
  private let norm1: ChannelNorm
  let convolution2: BlockConvolution
  private let norm2: ChannelNorm
  let downsample: (convolution: BlockConvolution, norm: ChannelNorm, output: Tensor)?
  private let middle: Tensor
  private let end: Tensor
  private let output: Tensor
  private let workspace: Workspace
  private let gradientSlot: Workspace.Slot
  private var remembered: Tensor?
  private var partEnded: ((String) -> Void)?

  /// A block of the given width. Neighbouring blocks with one workspace differ in `isEven`, because
  /// each reads the gradient that the other writes.
  init(
    inputShape: Shape, filters: Int, stride: Int, capacity: Int, isEven: Bool = true,
    workspace: Workspace = Workspace(), method: BlockConvolution.Method = .fastest
  ) {
    func convolution(_ shape: Shape, kernel: Int, stride: Int) -> BlockConvolution {
      BlockConvolution(
        inputShape: shape, filters: filters, kernel: kernel, stride: stride, padding: kernel / 2,
        capacity: capacity, workspace: workspace, method: method)
    }
    self.inputShape = inputShape
    self.workspace = workspace
    gradientSlot = isEven ? .evenGradient : .oddGradient
    convolution1 = convolution(inputShape, kernel: 3, stride: stride)
    outputShape = convolution1.outputShape
    convolution2 = convolution(outputShape, kernel: 3, stride: 1)
    let places = outputShape[0] * outputShape[1]
    norm1 = ChannelNorm(channels: filters, places: places)
    norm2 = ChannelNorm(channels: filters, places: places)
    middle = Tensor(outputShape, capacity: capacity)
    end = Tensor(outputShape, capacity: capacity)
    output = Tensor(outputShape, capacity: capacity)
    if stride > 1 || inputShape[2] != filters {
      downsample = (
        convolution(inputShape, kernel: 1, stride: stride),
        ChannelNorm(channels: filters, places: places), Tensor(outputShape, capacity: capacity)
      )
    } else {
      downsample = nil
    }
    workspace.reserve(gradientSlot, capacity * inputShape.elementCount)
    for slot in [Workspace.Slot.innerGradient, .normGradient, .shortcutGradient] {
      workspace.reserve(slot, capacity * outputShape.elementCount)
    }

    let named: [(String, [Parameter], [LayerState])] = [
      ("conv1", [convolution1.weight], []),
      ("norm1", [norm1.weight, norm1.bias], norm1.states),
      ("conv2", [convolution2.weight], []),
      ("norm2", [norm2.weight, norm2.bias], norm2.states),
      ("downsample.conv", downsample.map { [$0.convolution.weight] } ?? [], []),
      (
        "downsample.norm", downsample.map { [$0.norm.weight, $0.norm.bias] } ?? [],
        downsample?.norm.states ?? []
      ),
    ]
    for (name, parameters, _) in named {
      for parameter in parameters { parameter.name = "\(name).\(parameter.name)" }
    }
    parameters = named.flatMap(\.1)
    states = named.flatMap { name, _, states in
      states.map { LayerState(name: "\(name).\($0.name)", values: $0.values) }
    }
  }

  func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.stride == inputShape.elementCount, "input \(input.sampleShape)")
    remembered = mode == .training ? input : nil
    convolution1.forward(input, into: middle)
    partEnded?("conv1")
    norm1.prepare(middle, mode: mode)
    partEnded?("norm1")
    convolution2.forward(middle, norm: norm1, into: end)
    partEnded?("conv2")
    norm2.prepare(end, mode: mode)
    partEnded?("norm2, sum")
    output.count = input.count
    norm2.withAffine { affine in
      guard let (convolution, norm, shortcut) = downsample else {
        return applySum(affine, input, nil)
      }
      convolution.forward(input, into: shortcut)
      partEnded?("downsample.conv")
      norm.prepare(shortcut, mode: mode)
      partEnded?("downsample.norm")
      norm.withAffine { applySum(affine, shortcut, $0) }
    }
    partEnded?("norm2, sum")
    return output
  }

  func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    guard let input = remembered else { preconditionFailure("backward before training forward") }
    let count = input.count
    precondition(outputGradient.elementCount == output.elementCount)
    let inputGradient = workspace.tensor(gradientSlot, inputShape, count: count)
    let endGradient = workspace.tensor(.innerGradient, outputShape, count: count)
    let middleGradient = workspace.tensor(.normGradient, outputShape, count: count)
    let shortcutGradient =
      downsample == nil
      ? inputGradient : workspace.tensor(.shortcutGradient, outputShape, count: count)

    passSum(outputGradient, shortcutGradient, endGradient)
    partEnded?("norm2, sum")
    convolution2.backward(
      middle, norm: norm1, outputGradient: endGradient, inputGradient: middleGradient, adds: false)
    partEnded?("conv2")
    norm1.passGradient(middleGradient, input: middle, rectified: true)
    partEnded?("norm1")
    convolution1.backward(
      input, outputGradient: middleGradient,
      inputGradient: wantsInputGradient ? inputGradient : nil, adds: downsample == nil)
    partEnded?("conv1")
    if let (convolution, norm, shortcut) = downsample {
      norm.passGradient(shortcutGradient, input: shortcut, rectified: false)
      partEnded?("downsample.norm")
      convolution.backward(
        input, outputGradient: shortcutGradient,
        inputGradient: wantsInputGradient ? inputGradient : nil, adds: true)
      partEnded?("downsample.conv")
    }
    return wantsInputGradient ? inputGradient : nil
  }

  func observeParts(_ partEnded: ((String) -> Void)?) { self.partEnded = partEnded }

  /// `output` of the second convolution and the shortcut.
  private func applySum(
    _ affine: UnsafePointer<ChannelAffine>, _ shortcut: Tensor,
    _ shortcutAffine: UnsafePointer<ChannelAffine>?
  ) {
    let channels = norm2.channels
    Threads.split(output.elementCount / channels, work: 3 * channels) { rows, _ in
      let place = rows.lowerBound * channels
      norm_residual_apply(
        end.values + place, affine, shortcut.values + place, shortcutAffine,
        output.values + place, rows.count, channels)
    }
  }

  /// Through the last ReLU to `shortcut`, and through the second norm to `end`.
  private func passSum(
    _ outputGradient: Tensor, _ shortcutGradient: Tensor, _ endGradient: Tensor
  ) {
    let channels = norm2.channels
    let rows = output.elementCount / channels
    norm2.sums.fill(rows: rows, arrays: 3) { block, sums, products in
      let place = block.lowerBound * channels
      norm_residual_gradient_sums(
        end.values + place, outputGradient.values + place, output.values + place, block.count,
        channels, norm2.mean.values, sums, products)
    }
    norm2.useGradientSums(rows: rows)
    norm2.withAffine { affine in
      Threads.split(rows, work: 5 * channels) { part, _ in
        let place = part.lowerBound * channels
        norm_residual_gradient(
          end.values + place, outputGradient.values + place, output.values + place,
          shortcutGradient.values + place, endGradient.values + place, part.count, channels,
          affine, norm2.slope.values, norm2.offset.values)
      }
    }
    norm2.clearIfAlone(endGradient)
  }

  func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    convolution1.reserve(
      count, isNormed: false, wantsInputGradient: wantsInputGradient, adds: downsample == nil)
    convolution2.reserve(count, isNormed: true, wantsInputGradient: true, adds: false)
    let rows = count * output.stride / norm1.channels
    norm1.reserve(rows: rows)
    norm2.sums.reserve(rows: rows, arrays: 3)
    workspace.take(gradientSlot, .innerGradient, .normGradient)
    if let downsample {
      downsample.convolution.reserve(
        count, isNormed: false, wantsInputGradient: wantsInputGradient, adds: true)
      downsample.norm.reserve(rows: rows)
      workspace.take(.shortcutGradient)
    }
    return count
  }
}
