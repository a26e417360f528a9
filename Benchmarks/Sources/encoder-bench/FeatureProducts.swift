import Measuring
import Tensors

/// The products of a cycle over three feature modalities of 74, 35 and 300 numbers with MLPs 512-512 and
/// mini-batches of 64: what OpenBLAS takes for them alone is the least that a cycle can take.
enum FeatureProducts {
  private static let batch = 64
  private static let widths = [74, 35, 300]
  private static let features = 512

  /// The seconds of all of them, one after the other on one core: the middle of so many rounds.
  static func seconds(rounds: Int) -> Double {
    let layers = widths.map { Layer(inputs: $0, isFirst: true) }
    let second = Layer(inputs: features, isFirst: false)
    return Threads.with(count: 1, products: .openblas) {
      func all() {
        for layer in layers {
          layer.multiply()
          second.multiply()
        }
      }
      for _ in 0..<20 { all() }
      return Times(
        (0..<rounds).map { _ in
          let start = now()
          all()
          return now() - start
        }
      ).median
    }
  }

  /// A linear layer: its output, its weights' gradient, and its input's where there is a layer before.
  private final class Layer {
    private let inputs: Int
    private let isFirst: Bool
    private let input: Buffer<Float>
    private let weights: Buffer<Float>
    private let outputGradient: Buffer<Float>
    private let output: Buffer<Float>
    private let weightGradient: Buffer<Float>
    private let inputGradient: Buffer<Float>

    init(inputs: Int, isFirst: Bool) {
      (self.inputs, self.isFirst) = (inputs, isFirst)
      (input, inputGradient) = (Buffer(batch * inputs), Buffer(batch * inputs))
      (weights, weightGradient) = (Buffer(features * inputs), Buffer(features * inputs))
      (output, outputGradient) = (Buffer(batch * features), Buffer(batch * features))
      for buffer in [input, weights, outputGradient] { buffer.update(repeating: 1e-3) }
    }

    func multiply() {
      BLAS.multiply(
        input, transposed: false, weights, transposed: true, into: output, m: batch, n: features,
        k: inputs)
      BLAS.multiply(
        outputGradient, transposed: true, input, into: weightGradient, m: features, n: inputs,
        k: batch)
      guard !isFirst else { return }
      BLAS.multiply(
        outputGradient, weights, into: inputGradient, m: batch, n: inputs, k: features)
    }
  }
}
