import CKernels
import Tensors

extension ResidualBlock {
  func forward(piece: Int, _ input: Tensor, mode: Mode) -> Tensor? {
    switch piece {
    case 0:
      precondition(input.stride == inputShape.elementCount, "input \(input.sampleShape)")
      remembered = mode == .training ? input : nil
      convolution1.forward(input, into: middle)
      partEnded?("conv1")
      norm1.see(middle, mode: mode)
      partEnded?("norm1")
    case 1:
      convolution2.forward(middle, norm: norm1, into: end)
      partEnded?("conv2")
      norm2.see(end, mode: mode)
      partEnded?("norm2, sum")
      guard let (convolution, norm, shortcut) = downsample else { return nil }
      convolution.forward(input, into: shortcut)
      partEnded?("downsample.conv")
      norm.see(shortcut, mode: mode)
      partEnded?("downsample.norm")
    default:
      output.count = input.count
      norm2.withAffine { affine in
        guard let downsample else { return applySum(affine, input, nil) }
        downsample.norm.withAffine { applySum(affine, downsample.output, $0) }
      }
      partEnded?("norm2, sum")
      return output
    }
    return nil
  }

  func backward(piece: Int, _ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    guard let input = remembered else { preconditionFailure("backward before training forward") }
    let count = input.count
    let inputGradient = workspace.tensor(gradientSlot, inputShape, count: count)
    let endGradient = workspace.tensor(.innerGradient, outputShape, count: count)
    let middleGradient = workspace.tensor(.normGradient, outputShape, count: count)
    let shortcutGradient =
      downsample == nil
      ? inputGradient : workspace.tensor(.shortcutGradient, outputShape, count: count)
    switch piece {
    case 0:
      precondition(outputGradient.elementCount == output.elementCount)
      sumGradients(outputGradient)
    case 1:
      passSum(outputGradient, shortcutGradient, endGradient)
      partEnded?("norm2, sum")
      convolution2.backward(
        middle, norm: norm1, outputGradient: endGradient, inputGradient: middleGradient, adds: false
      )
      partEnded?("conv2")
      norm1.sumGradients(middleGradient, input: middle, rectified: true)
      partEnded?("norm1")
      guard let downsample else { return nil }
      downsample.norm.sumGradients(shortcutGradient, input: downsample.output, rectified: false)
      partEnded?("downsample.norm")
    default:
      norm1.passOn(middleGradient, input: middle, rectified: true)
      partEnded?("norm1")
      convolution1.backward(
        input, outputGradient: middleGradient,
        inputGradient: wantsInputGradient ? inputGradient : nil, adds: downsample == nil)
      partEnded?("conv1")
      if let (convolution, norm, shortcut) = downsample {
        norm.passOn(shortcutGradient, input: shortcut, rectified: false)
        partEnded?("downsample.norm")
        convolution.backward(
          input, outputGradient: shortcutGradient,
          inputGradient: wantsInputGradient ? inputGradient : nil, adds: true)
        partEnded?("downsample.conv")
      }
      return wantsInputGradient ? inputGradient : nil
    }
    return nil
  }

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

  /// The second norm's sums, through the last ReLU.
  private func sumGradients(_ outputGradient: Tensor) {
    let channels = norm2.channels
    norm2.sums.fill(rows: output.elementCount / channels, arrays: 3) { block, sums, products in
      let place = block.lowerBound * channels
      norm_residual_gradient_sums(
        end.values + place, outputGradient.values + place, output.values + place, block.count,
        channels, norm2.mean.values, sums, products)
    }
    norm2.noteGradients()
  }

  /// Through the last ReLU to `shortcut`, and through the second norm to `end`.
  private func passSum(
    _ outputGradient: Tensor, _ shortcutGradient: Tensor, _ endGradient: Tensor
  ) {
    let channels = norm2.channels
    norm2.withAffine { affine in
      Threads.split(output.elementCount / channels, work: 5 * channels) { part, _ in
        let place = part.lowerBound * channels
        norm_residual_gradient(
          end.values + place, outputGradient.values + place, output.values + place,
          shortcutGradient.values + place, endGradient.values + place, part.count, channels,
          affine, norm2.slope.values, norm2.offset.values)
      }
    }
    norm2.clearIfAlone(endGradient)
  }
}
