import CKernels
import Tensors

// The way back: the sums of a gradient over rows, and what becomes of it by them.
extension ChannelNorm {
  /// Fills `sums` from the gradient with respect to the norm's output, after a ReLU if `rectified`, and
  /// sets the parameters' gradients.
  func sumGradients(_ gradient: Tensor, input: Tensor, rectified: Bool) {
    sums.fill(rows: input.elementCount / channels, arrays: 2) { block, sums, products in
      let place = block.lowerBound * channels
      norm_channels_gradient_sums(
        input.values + place, gradient.values + place, block.count, channels, mean.values,
        scale.values, bias.value, rectified ? 1 : 0, sums, products)
    }
    noteGradients()
  }

  /// Sets the parameters' gradients from `sums`.
  func noteGradients() {
    let (sums, products, inverse) = (sums.first, sums.second, inverseDeviation.pointer)
    let (biasGradient, weightGradient) = (bias.gradient, weight.gradient)
    for c in 0..<channels {
      biasGradient[c] = Float(sums[c])
      weightGradient[c] = Float(products[c] * inverse[c])
    }
  }

  /// Sets `slope` and `offset` from `sums`, of all rows that the statistics are of.
  func settleGradients() { settleGradients(sums: sums.first, products: sums.second) }

  /// Copies `sums`, the second after the first.
  func copySums(to place: Buffer<Double>) {
    place[0..<channels].pointer.update(from: sums.first, count: channels)
    place[channels..<2 * channels].pointer.update(from: sums.second, count: channels)
  }

  /// Sets `slope` and `offset` from sums over more rows than it has seen itself, as `copySums` has them.
  func settleGradients(by sums: Buffer<Double>) {
    settleGradients(sums: sums.pointer, products: sums.pointer + channels)
  }

  /// Sets `slope` and `offset` from sums over all rows that the statistics are of. One row has no variance:
  /// its input gradient is zero, whatever they are.
  private func settleGradients(
    sums: UnsafePointer<Double>, products: UnsafePointer<Double>
  ) {
    let inverse = inverseDeviation.pointer
    let (weights, offset, slope) = (weight.value, offset.values, slope.values)
    guard rows > 1 else { return }
    for c in 0..<channels {
      let share = Double(weights[c]) * inverse[c] / Double(rows)
      offset[c] = Float(-share * sums[c])
      slope[c] = Float(-share * products[c] * inverse[c] * inverse[c])
    }
  }

  /// Turns the gradient with respect to the norm's output, after a ReLU if `rectified`, into that
  /// with respect to its `input`: in place, or in `target`.
  func passOn(_ gradient: Tensor, input: Tensor, rectified: Bool, into target: Tensor? = nil) {
    let target = target ?? gradient
    withAffine { affine in
      Threads.split(input.elementCount / channels, work: 3 * channels) { part, _ in
        let place = part.lowerBound * channels
        norm_channels_gradient(
          input.values + place, gradient.values + place, target.values + place,
          part.count, channels, affine, slope.values, offset.values, rectified ? 1 : 0)
      }
    }
    clearIfAlone(target)
  }

  /// One row has no variance, and so no gradient.
  func clearIfAlone(_ gradient: Tensor) {
    guard rows == 1 else { return }
    gradient.values.update(repeating: 0, count: gradient.elementCount)
  }
}
