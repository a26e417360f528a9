import Tensors

/// Stands in for an encoder: takes its time without a core, in proportion to the samples, so that replicas
/// that share a mini-batch share the time.
///
/// `y[j] = x[j mod E] + b[j]` for the E numbers of a sample: features that depend on samples, and a bias
/// that training moves, so that weights tell whether two runs did the same.
final class StandInLayer: Layer {
  /// `[D]`.
  let outputShape: Shape
  /// `bias`.
  var parameters: [Parameter] { [bias] }
  /// `[D]`, zero at first.
  let bias: Parameter

  /// Nothing but the number of samples is kept.
  let repeatsBackward = true

  private let inputShape: Shape
  private let forwardSeconds: Double
  private let backwardSeconds: Double
  private let output: Tensor
  private lazy var inputGradient = Tensor(inputShape, capacity: output.capacity)

  /// - Parameter seconds: what a sample takes, both ways.
  init(inputShape: Shape, outputCount: Int, capacity: Int, seconds: Double) {
    self.inputShape = inputShape
    outputShape = Shape([outputCount])
    (forwardSeconds, backwardSeconds) = (0.4 * seconds, 0.6 * seconds)
    bias = Parameter("bias", [outputCount], .constant(0))
    output = Tensor(outputShape, capacity: capacity)
  }

  /// The features `[n, D]`; takes two fifths of the time.
  func forward(_ input: Tensor, mode: Mode) -> Tensor {
    output.count = input.count
    let (values, features, bias) = (input.held, output.held, bias.values)
    for row in 0..<input.count {
      let (from, to) = (row * input.stride, row * output.stride)
      for place in 0..<output.stride {
        features[to + place] = values[from + place % input.stride] + bias[place]
      }
    }
    LongWork.rest(seconds: forwardSeconds * Double(input.count))
    return output
  }

  /// The column sums of the gradient; takes three fifths of the time.
  func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    let count = outputGradient.count
    RowKernels.columnSums(
      outputGradient.held, into: bias.gradients, rows: count, columns: output.stride)
    LongWork.rest(seconds: backwardSeconds * Double(count))
    guard wantsInputGradient else { return nil }
    inputGradient.count = count
    Elementwise.clear(inputGradient.held)
    for row in 0..<count {
      for place in 0..<output.stride {
        inputGradient.held[row * inputGradient.stride + place % inputGradient.stride] +=
          outputGradient.held[row * output.stride + place]
      }
    }
    return inputGradient
  }

  /// Takes the memory of training; see `Layer`.
  func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    if wantsInputGradient { _ = inputGradient }
    return count
  }
}
