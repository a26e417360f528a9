import CKernels
import Tensors

/// The first layers of a residual network (He et al., 2016): 7x7 convolution of stride 2, batch
/// norm, ReLU, 3x3 max-pooling of stride 2: `[H, W, C]` to `[H / 4, W / 4, filters]`, rounded up.
///
/// A sample may be several frames, `[F, H, W, C]`; each becomes a sample of the output. What is
/// between norm and pooling, the largest array of the network, is never stored.
final class ResidualStem: NormedLayer {
  let outputShape: Shape
  var parameters: [Parameter] { [convolution.weight, norm.weight, norm.bias] }
  let states: [LayerState]
  var norms: [ChannelNorm] { [norm] }
  let seen: [[ChannelNorm]]
  let summed: [[ChannelNorm]]

  /// The convolution's output, and the places of what was largest, last.
  let repeatsBackward = true

  private let frames: Int
  private let frameShape: Shape
  let convolution: BlockConvolution
  private let norm: ChannelNorm
  private let pool: SlidingMaxPool
  private let convolved: Tensor
  private let output: Tensor
  private lazy var inputGradient = Tensor(frameShape, capacity: convolved.capacity)
  private let workspace: Workspace
  private var remembered: Tensor?
  private var partEnded: ((String) -> Void)?

  /// A stem for samples of `frames` images of `frameShape`, in batches of up to `capacity` samples.
  init(
    frameShape: Shape, frames: Int = 1, filters: Int, capacity: Int,
    workspace: Workspace = Workspace(), method: BlockConvolution.Method = .fastest
  ) {
    let images = capacity * frames
    self.frames = frames
    self.frameShape = frameShape
    self.workspace = workspace
    convolution = BlockConvolution(
      inputShape: frameShape, filters: filters, kernel: 7, stride: 2, padding: 3, capacity: images,
      workspace: workspace, method: method)
    let map = convolution.outputShape
    norm = ChannelNorm(channels: filters, places: map[0] * map[1])
    (seen, summed) = ([[norm]], [[norm]])
    pool = SlidingMaxPool(
      inputShape: convolution.outputShape, size: 3, stride: 2, padding: 1, capacity: images)
    outputShape = pool.outputShape
    convolved = Tensor(convolution.outputShape, capacity: images)
    output = Tensor(outputShape, capacity: images)
    workspace.reserve(.oddGradient, images * convolution.outputShape.elementCount)
    convolution.weight.name = "conv.weight"
    norm.weight.name = "norm.weight"
    norm.bias.name = "norm.bias"
    states = norm.states.map { LayerState(name: "norm.\($0.name)", values: $0.values) }
  }

  func forward(_ input: Tensor, mode: Mode) -> Tensor { forwardAlone(input, mode: mode) }

  func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    backwardAlone(outputGradient, wantsInputGradient: wantsInputGradient)
  }

  func forward(piece: Int, _ input: Tensor, mode: Mode) -> Tensor? {
    guard piece == 1 else {
      precondition(input.stride == frames * frameShape.elementCount, "input \(input.sampleShape)")
      let images = Tensor(frameShape, over: input, count: input.count * frames)
      remembered = mode == .training ? images : nil
      convolution.forward(images, into: convolved)
      partEnded?("conv")
      norm.see(convolved, mode: mode)
      return nil
    }
    pool.forward(convolved, norm: norm, into: output)
    partEnded?("norm, pool")
    return output
  }

  func backward(piece: Int, _ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    guard let images = remembered else { preconditionFailure("backward before training forward") }
    let gradient = workspace.tensor(
      .oddGradient, convolution.outputShape, count: images.count)
    guard piece == 1 else {
      precondition(outputGradient.elementCount == output.elementCount)
      pool.backward(outputGradient, into: gradient)
      norm.sumGradients(gradient, input: convolved, rectified: true)
      return nil
    }
    norm.passOn(gradient, input: convolved, rectified: true)
    partEnded?("norm, pool")
    convolution.backward(
      images, outputGradient: gradient, inputGradient: wantsInputGradient ? inputGradient : nil,
      adds: false)
    partEnded?("conv")
    guard wantsInputGradient else { return nil }
    let sample = frames == 1 ? frameShape : Shape([frames] + frameShape.dimensions)
    inputGradient.count = images.count
    return Tensor(sample, over: inputGradient, count: images.count / frames)
  }

  func observeParts(_ partEnded: ((String) -> Void)?) { self.partEnded = partEnded }

  func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    let images = count * frames
    convolution.reserve(
      images, isNormed: false, wantsInputGradient: wantsInputGradient, adds: false)
    norm.reserve(rows: images * convolved.stride / norm.channels)
    workspace.take(.oddGradient)
    if wantsInputGradient { _ = inputGradient }
    return images
  }

  func reserve(evaluating count: Int) -> Int {
    convolution.reserve(evaluating: count * frames, isNormed: false)
    return count * frames
  }
}
