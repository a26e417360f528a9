import CKernels
import Tensors

/// Convolution by tiles of patches and matrix products: works for every shape on every processor.
///
/// The full matrix of patches would be `kernel²` times the input; a tile of it stays in the
/// second-level cache between its copy and its product.
final class ColumnConvolution {
  private let patch: Int
  private let tileRows: Int
  private let filters: Int
  private let area: Int
  /// Whether patches are the input itself.
  private let isPointwise: Bool
  private var geometry: Convolution
  private lazy var tile = Tensor([patch], capacity: isPointwise ? 0 : tileRows)

  init(_ geometry: Convolution) {
    self.geometry = geometry
    patch = geometry.kernel * geometry.kernel * geometry.channels
    filters = geometry.filters
    area = geometry.outHeight * geometry.outWidth
    isPointwise = geometry.kernel == 1 && geometry.stride == 1 && geometry.padding == 0
    // 512 KiB, but enough rows to pay for sgemm's packing of the weights.
    tileRows = min(1024, max(128, 131_072 / max(1, patch)))
  }

  /// `output [n, …, filters]` of `input [n, H, W, C]`, without bias.
  func forward(_ input: Tensor, weights: UnsafePointer<Float>, into output: Tensor) {
    eachTile(of: input.count) { first, rows in
      BLAS.multiply(
        patches(input, first, rows), transposed: false, weights, transposed: true,
        into: output.values + first * filters, m: rows, n: filters, k: patch)
    }
  }

  /// `gradient [filters, patch]` of the weights.
  func weightGradient(
    _ input: Tensor, _ outputGradient: Tensor, into gradient: UnsafeMutablePointer<Float>
  ) {
    gradient.update(repeating: 0, count: filters * patch)
    eachTile(of: input.count) { first, rows in
      BLAS.multiply(
        outputGradient.values + first * filters, transposed: true, patches(input, first, rows),
        into: gradient, m: filters, n: patch, k: rows, beta: 1)
    }
  }

  /// `inputGradient [n, H, W, C]`, added to what is there if `adds`.
  func inputGradient(
    _ outputGradient: Tensor, weights: UnsafePointer<Float>, into inputGradient: Tensor,
    adds: Bool = false
  ) {
    if !isPointwise && !adds {
      inputGradient.values.update(repeating: 0, count: inputGradient.elementCount)
    }
    eachTile(of: outputGradient.count) { first, rows in
      let target = isPointwise ? inputGradient.values + first * patch : tile.values
      BLAS.multiply(
        outputGradient.values + first * filters, weights, into: target, m: rows, n: patch,
        k: filters, beta: isPointwise && adds ? 1 : 0)
      if !isPointwise {
        convolution_scatter(&geometry, target, first, rows, inputGradient.values)
      }
    }
  }

  private func eachTile(of samples: Int, _ body: (_ first: Int, _ rows: Int) -> Void) {
    let total = samples * area
    for first in stride(from: 0, to: total, by: tileRows) {
      body(first, min(tileRows, total - first))
    }
  }

  private func patches(_ input: Tensor, _ first: Int, _ rows: Int) -> UnsafePointer<Float> {
    guard !isPointwise else { return UnsafePointer(input.values + first * patch) }
    convolution_gather(&geometry, input.values, first, rows, tile.values)
    return UnsafePointer(tile.values)
  }
}
