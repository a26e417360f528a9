import CKernels
import Tensors

/// The parameters, statistics and coefficients of a batch norm over channels; the passes over
/// memory are its owner's. See `BatchNormLayer` for what it computes.
public final class ChannelNorm {
  static let epsilon = 1e-5
  static let momentum = 0.1

  let channels: Int
  /// The places of a sample, of the output of the layer that it belongs to, that it takes statistics over.
  let places: Int
  /// Where the moments of a training pass go, for whoever unites them with those of other shards before the
  /// running statistics move; nil: these move at once.
  var noted: NormMoments?
  /// `[channels]`, one at first.
  let weight: Parameter
  /// `[channels]`, zero at first.
  let bias: Parameter
  let states: [LayerState]

  // One value per channel each: y = (x - mean) * scale + bias, and the input gradient is
  // scale * m + slope * (x - mean) + offset of the output gradient m.
  let mean: Tensor
  let scale: Tensor
  let slope: Tensor
  let offset: Tensor
  /// The sums of the output gradient, and of it times the distance from the mean: to be filled
  /// before `useGradientSums`.
  let sums: RowSums

  private let runningMean: Tensor
  private let runningVariance: Tensor
  private let inverseDeviation: Buffer<Double>

  init(channels: Int, places: Int) {
    self.channels = channels
    self.places = places
    weight = Parameter("weight", [channels], .constant(1))
    bias = Parameter("bias", [channels], .constant(0))
    runningMean = Tensor([channels], capacity: 1)
    runningVariance = Tensor([channels], capacity: 1)
    runningVariance.storage.update(repeating: 1)
    states = [
      LayerState(name: "running_mean", values: runningMean),
      LayerState(name: "running_var", values: runningVariance),
    ]
    mean = Tensor([channels], capacity: 1)
    scale = Tensor([channels], capacity: 1)
    slope = Tensor([channels], capacity: 1)
    offset = Tensor([channels], capacity: 1)
    sums = RowSums(channels: channels)
    inverseDeviation = Buffer(channels)
  }

  /// Sets `mean` and `scale` from `input` or from the running statistics, which move in training.
  func prepare(_ input: Tensor, mode: Mode) {
    let rows = input.elementCount / channels
    guard rows > 0 else { return }
    switch mode {
    case .training: useBatchStatistics(input, rows: rows)
    case .evaluation: useRunningStatistics()
    }
  }

  /// `output` = the norm of `input`, then the largest of that and 0 if `rectified`.
  func apply(_ input: Tensor, into output: Tensor, rectified: Bool) {
    Threads.split(input.elementCount / channels, work: 2 * channels) { rows, _ in
      let place = rows.lowerBound * channels
      norm_channels_apply(
        input.values + place, output.values + place, rows.count, channels, mean.values,
        scale.values, bias.value, rectified ? 1 : 0)
    }
  }

  /// Takes the memory of all passes over `rows` rows; see `Layer.reserve`.
  func reserve(rows: Int) { sums.reserve(rows: rows, arrays: 2) }

  /// What the kernels need to apply the norm.
  func withAffine<Result>(_ body: (UnsafePointer<ChannelAffine>) -> Result) -> Result {
    var affine = ChannelAffine(mean: mean.values, scale: scale.values, shift: bias.value)
    return withUnsafePointer(to: &affine, body)
  }

  private func useBatchStatistics(_ input: Tensor, rows: Int) {
    sums.fill(rows: rows, arrays: 2, areMoments: true) { block, mean, squares in
      norm_channels_moments(
        input.values + block.lowerBound * channels, block.count, channels, mean, squares)
    }
    use(rows: rows, means: sums.first, squares: sums.second)
    if let noted {
      noted.note(rows: rows, means: sums.first, squares: sums.second)
    } else {
      moveRunning(rows: rows, means: sums.first, squares: sums.second)
    }
  }

  /// Sets what the kernels need by the moments of `rows` rows.
  private func use(
    rows: Int, means: UnsafePointer<Double>, squares: UnsafePointer<Double>
  ) {
    let (inverse, weight) = (inverseDeviation.pointer, weight.value)
    let (mean, scale) = (mean.values, scale.values)
    for c in 0..<channels {
      inverse[c] = 1 / (squares[c] / Double(rows) + Self.epsilon).squareRoot()
      mean[c] = Float(means[c])
      scale[c] = Float(Double(weight[c]) * inverse[c])
    }
  }

  /// Moves the running statistics a tenth of the way towards those of a batch with these moments.
  func moveRunning(towards moments: NormMoments) {
    moveRunning(rows: moments.rows, means: moments.means, squares: moments.squares)
  }

  private func moveRunning(
    rows: Int, means: UnsafePointer<Double>, squares: UnsafePointer<Double>
  ) {
    let keep = 1 - Self.momentum
    let (runningMean, runningVariance) = (runningMean.values, runningVariance.values)
    for c in 0..<channels {
      runningMean[c] = Float(keep * Double(runningMean[c]) + Self.momentum * means[c])
      guard rows > 1 else { continue }
      let unbiased = squares[c] / Double(rows - 1)
      runningVariance[c] = Float(keep * Double(runningVariance[c]) + Self.momentum * unbiased)
    }
  }

  private func useRunningStatistics() {
    let (weight, runningVariance) = (weight.value, runningVariance.values)
    let scale = scale.values
    mean.storage.update(from: runningMean.storage)
    for c in 0..<channels {
      let deviation = (Double(runningVariance[c]) + Self.epsilon).squareRoot()
      scale[c] = Float(Double(weight[c]) / deviation)
    }
  }

  /// Fills `sums` from the gradient with respect to the norm's output, after a ReLU if `rectified`.
  func sumGradients(_ gradient: Tensor, input: Tensor, rectified: Bool) {
    sums.fill(rows: input.elementCount / channels, arrays: 2) { block, sums, products in
      let place = block.lowerBound * channels
      norm_channels_gradient_sums(
        input.values + place, gradient.values + place, block.count, channels, mean.values,
        scale.values, bias.value, rectified ? 1 : 0, sums, products)
    }
  }

  /// Sets the parameters' gradients, `slope` and `offset` from `sums` over `rows`. One row has no
  /// variance: its input gradient is zero, whatever the coefficients.
  func useGradientSums(rows: Int) {
    let (sums, products, inverse) = (sums.first, sums.second, inverseDeviation.pointer)
    let (weights, offset, slope) = (weight.value, offset.values, slope.values)
    let (biasGradient, weightGradient) = (bias.gradient, weight.gradient)
    for c in 0..<channels {
      biasGradient[c] = Float(sums[c])
      weightGradient[c] = Float(products[c] * inverse[c])
      guard rows > 1 else { continue }
      let share = Double(weights[c]) * inverse[c] / Double(rows)
      offset[c] = Float(-share * sums[c])
      slope[c] = Float(-share * products[c] * inverse[c] * inverse[c])
    }
  }

  /// Turns the gradient with respect to the norm's output, after a ReLU if `rectified`, into that
  /// with respect to its `input`, in place.
  func passGradient(_ gradient: Tensor, input: Tensor, rectified: Bool) {
    let rows = input.elementCount / channels
    sumGradients(gradient, input: input, rectified: rectified)
    useGradientSums(rows: rows)
    withAffine { affine in
      Threads.split(rows, work: 3 * channels) { part, _ in
        let place = part.lowerBound * channels
        norm_channels_gradient(
          input.values + place, gradient.values + place, gradient.values + place, part.count,
          channels, affine, slope.values, offset.values, rectified ? 1 : 0)
      }
    }
    clearIfAlone(gradient)
  }

  /// One row has no variance, and so no gradient.
  func clearIfAlone(_ gradient: Tensor) {
    guard gradient.elementCount == channels else { return }
    gradient.values.update(repeating: 0, count: channels)
  }
}
