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
  /// before `noteGradients`.
  let sums: RowSums

  private let runningMean: Tensor
  private let runningVariance: Tensor
  let inverseDeviation: Buffer<Double>
  /// How many rows the statistics of the last training pass are of.
  private(set) var rows = 0

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

  /// Looks at `input` in training: its moments are in `sums` then, and noted where that is wished.
  func see(_ input: Tensor, mode: Mode) {
    let rows = input.elementCount / channels
    guard mode == .training, rows > 0 else { return }
    self.rows = rows
    sums.fill(rows: rows, arrays: 2, areMoments: true) { block, mean, squares in
      norm_channels_moments(
        input.values + block.lowerBound * channels, block.count, channels, mean, squares)
    }
    noted?.note(rows: rows, means: sums.first, squares: sums.second)
  }

  /// Sets `mean` and `scale` from what was seen last, or from the running statistics, which move in
  /// training unless moments are noted for whoever moves them.
  func settle(_ mode: Mode) {
    guard mode == .training else { return useRunningStatistics() }
    use(rows: rows, means: sums.first, squares: sums.second)
    if noted == nil { moveRunning(rows: rows, means: sums.first, squares: sums.second) }
  }

  /// Sets them from the moments of more rows than it has seen itself.
  func settle(by moments: NormMoments) {
    rows = moments.rows
    use(rows: rows, means: moments.means, squares: moments.squares)
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
}
