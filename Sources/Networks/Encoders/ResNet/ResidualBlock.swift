import CKernels
import Tensors

/// The basic block of a residual network (He et al., 2016): 3x3 convolution, batch norm, ReLU, 3x3
/// convolution, batch norm, plus the block's input, ReLU. Where stride or width change, the input
/// goes through a 1x1 convolution of the same stride and a batch norm.
///
/// `[H, W, C]` to `[ceil(H / stride), ceil(W / stride), filters]`. Kept for backward are the
/// outputs of the convolutions and of the block; the norm between the convolutions is applied again
/// where it is read.
final class ResidualBlock: NormedLayer {
  let outputShape: Shape
  let parameters: [Parameter]
  let states: [LayerState]
  let norms: [ChannelNorm]
  let seen: [[ChannelNorm]]
  let summed: [[ChannelNorm]]

  /// The outputs of convolutions, and the statistics of norms, last.
  let repeatsBackward = true

  let inputShape: Shape
  let convolution1: BlockConvolution
  let norm1: ChannelNorm
  let convolution2: BlockConvolution
  let norm2: ChannelNorm
  let downsample: (convolution: BlockConvolution, norm: ChannelNorm, output: Tensor)?
  let middle: Tensor
  let end: Tensor
  let output: Tensor
  let workspace: Workspace
  let gradientSlot: Workspace.Slot
  var remembered: Tensor?
  private(set) var partEnded: ((String) -> Void)?

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
    let last = downsample.map { [$0.norm] } ?? []
    norms = [norm1, norm2] + last
    (seen, summed) = ([[norm1], [norm2] + last], [[norm2], [norm1] + last])
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

  func forward(_ input: Tensor, mode: Mode) -> Tensor { forwardAlone(input, mode: mode) }

  func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    backwardAlone(outputGradient, wantsInputGradient: wantsInputGradient)
  }

  func observeParts(_ partEnded: ((String) -> Void)?) { self.partEnded = partEnded }

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
