import CKernels
import Tensors

/// The mean of each channel over all places of an image, and over the `frames` images that make up
/// a sample: `[H, W, C]` to `[C]`.
final class PlacesMean: Layer {
  let outputShape: Shape

  /// Nothing but the number of samples is kept.
  let repeatsBackward = true

  private let inputShape: Shape
  private let frames: Int
  private let output: Tensor
  private let workspace: Workspace
  private let gradientSlot: Workspace.Slot

  /// A mean for up to `capacity` samples; `isEven` as in `ResidualBlock`.
  init(
    inputShape: Shape, frames: Int = 1, capacity: Int, isEven: Bool = true,
    workspace: Workspace = Workspace()
  ) {
    precondition(inputShape.rank == 3 && frames > 0)
    self.inputShape = inputShape
    self.frames = frames
    self.workspace = workspace
    gradientSlot = isEven ? .evenGradient : .oddGradient
    outputShape = [inputShape[2]]
    output = Tensor(outputShape, capacity: capacity)
    workspace.reserve(gradientSlot, capacity * frames * inputShape.elementCount)
  }

  func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.stride == inputShape.elementCount && input.count % frames == 0)
    output.count = input.count / frames
    let (places, channels) = (places, output.stride)
    Threads.split(output.count, work: places * channels) { samples, _ in
      let first = samples.lowerBound
      pool_places_mean(
        input.values + first * places * channels, output.sample(first), samples.count, places,
        channels)
    }
    return output
  }

  func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    precondition(outputGradient.elementCount == output.elementCount)
    guard wantsInputGradient else { return nil }
    let gradient = workspace.tensor(gradientSlot, inputShape, count: output.count * frames)
    let (places, channels) = (places, output.stride)
    Threads.split(output.count, work: places * channels) { samples, _ in
      let first = samples.lowerBound
      pool_places_mean_gradient(
        outputGradient.values + first * channels, gradient.values + first * places * channels,
        samples.count, places, channels)
    }
    return gradient
  }

  private var places: Int { frames * inputShape[0] * inputShape[1] }

  func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    if wantsInputGradient { workspace.take(gradientSlot) }
    return count / frames
  }

  func reserve(evaluating count: Int) -> Int {
    count / frames
  }
}
