import CKernels
import Tensors

/// Dropout (Srivastava et al., 2014): in training each value is 0 with a probability, or divided by
/// the probability of staying. No mask is kept: a seed says which values fell.
struct Dropout {
  /// The probability of falling, in `[0, 1)`.
  let probability: Double

  var isActive: Bool { probability > 0 }

  /// Drops values in place; equal seeds drop equal places.
  func apply(_ values: Buffer<Float>, seed: UInt64) {
    guard isActive else { return }
    let start = values.pointer
    let threshold = UInt32(min(probability * 0x1p32, Double(UInt32.max)))
    let scale = Float(1 / (1 - probability))
    Threads.split(values.count, grain: Elementwise.grain, work: 4) { range, _ in
      let first = range.lowerBound
      random_drop(start + first, first, range.count, seed, threshold, scale)
    }
  }
}

/// Dropout as a layer of its own.
public final class DropoutLayer: Layer {
  /// The shape of one sample of the output.
  public let outputShape: Shape
  /// The random streams that the layer draws from, by name.
  public var randomStreams: [RandomStream] { [stream] }

  /// The seed of what was dropped lasts.
  public let repeatsBackward = true

  private let dropout: Dropout
  private let stream: RandomStream
  private let output: RowStorage
  private let inputGradient: RowStorage
  private var seed: UInt64?

  /// A layer that drops values with `probability`, in `[0, 1)`, as `generator` draws.
  public init(inputShape: Shape, probability: Double, generator: SeededGenerator) {
    precondition((0..<1).contains(probability))
    outputShape = inputShape
    dropout = Dropout(probability: probability)
    stream = RandomStream("dropout", generator)
    output = RowStorage(inputShape)
    inputGradient = RowStorage(inputShape)
  }

  /// The output for a batch; see `Layer`.
  public func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.stride == outputShape.elementCount, "input \(input.sampleShape)")
    guard mode == .training else { return input }
    let output = output.rows(input.count)
    let drawn = stream.generator.next()
    Elementwise.copy(input.held, to: output.held)
    dropout.apply(output.held, seed: drawn)
    seed = drawn
    return output
  }

  /// The gradients with respect to the parameters and, where it is wanted, to the input; see
  /// `Layer`.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    guard let seed else { preconditionFailure("backward before training forward") }
    guard wantsInputGradient else { return nil }
    let gradient = inputGradient.rows(outputGradient.count)
    Elementwise.copy(outputGradient.held, to: gradient.held)
    dropout.apply(gradient.held, seed: seed)
    return gradient
  }

  /// Takes the memory of training; see `Layer`.
  public func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    _ = output.rows(count)
    if wantsInputGradient { _ = inputGradient.rows(count) }
    return count
  }
}
