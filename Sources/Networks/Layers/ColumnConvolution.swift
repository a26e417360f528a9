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
  private let geometry: Convolution
  /// A tile for each thread.
  private let tiles: RowStorage

  init(_ geometry: Convolution) {
    self.geometry = geometry
    patch = geometry.kernel * geometry.kernel * geometry.channels
    filters = geometry.filters
    area = geometry.outHeight * geometry.outWidth
    isPointwise = geometry.kernel == 1 && geometry.stride == 1 && geometry.padding == 0
    // 512 KiB, but enough rows to pay for sgemm's packing of the weights.
    tileRows = min(1024, max(128, 131_072 / max(1, patch)))
    tiles = RowStorage([tileRows, patch])
  }

  /// `output [n, …, filters]` of `input [n, H, W, C]`, without bias.
  func forward(_ input: Tensor, weights: UnsafePointer<Float>, into output: Tensor) {
    eachTile(of: input.count) { first, rows, tile in
      BLAS.multiply(
        patches(input, first, rows, in: tile), transposed: false, weights, transposed: true,
        into: output.values + first * filters, m: rows, n: filters, k: patch)
    }
  }

  /// `gradient [filters, patch]` of the weights: tile after tile, and threads share each, so that
  /// sums have one order.
  func weightGradient(
    _ input: Tensor, _ outputGradient: Tensor, into gradient: UnsafeMutablePointer<Float>
  ) {
    gradient.update(repeating: 0, count: filters * patch)
    let (tile, total) = (tiles.rows(isPointwise ? 0 : 1).values, input.count * area)
    for first in stride(from: 0, to: total, by: tileRows) {
      let rows = min(tileRows, total - first)
      let columns = patches(input, first, rows, in: tile)
      BLAS.multiply(
        outputGradient.values + first * filters, transposed: true, columns,
        into: gradient, m: filters, n: patch, k: rows, beta: 1)
    }
  }

  /// `inputGradient [n, H, W, C]`, added to what is there if `adds`.
  func inputGradient(
    _ outputGradient: Tensor, weights: UnsafePointer<Float>, into inputGradient: Tensor,
    adds: Bool = false
  ) {
    if !isPointwise && !adds { Elementwise.clear(inputGradient.held) }
    eachTile(of: outputGradient.count) { first, rows, tile in
      let target = isPointwise ? inputGradient.values + first * patch : tile
      BLAS.multiply(
        outputGradient.values + first * filters, weights, into: target, m: rows, n: patch,
        k: filters, beta: isPointwise && adds ? 1 : 0)
      guard !isPointwise else { return }
      withUnsafePointer(to: geometry) {
        convolution_scatter($0, target, first, rows, inputGradient.values)
      }
    }
  }

  /// Calls `body` with all tiles and room for one. Threads share the samples, in groups of enough
  /// rows for one tile whose number the shape alone decides.
  private func eachTile(
    of samples: Int,
    _ body: (_ first: Int, _ rows: Int, _ tile: UnsafeMutablePointer<Float>) -> Void
  ) {
    let lanes = Threads.count
    let tiles = tiles.rows(isPointwise ? 0 : lanes)
    let group = max(1, tileRows / max(1, area))
    // Sixteen multiplications take as long as a float from memory.
    let work = area * patch * (filters / 16 + 2)
    Threads.split(samples, grain: group, work: work, lanes: lanes) { part, lane in
      for sample in stride(from: part.lowerBound, to: part.upperBound, by: group) {
        let end = min(sample + group, part.upperBound) * area
        for first in stride(from: sample * area, to: end, by: tileRows) {
          body(first, min(tileRows, end - first), tiles.values + lane * tiles.stride)
        }
      }
    }
  }

  /// Patches in `tile`, or in the input itself. In a split this is one thread's own work.
  private func patches(
    _ input: Tensor, _ first: Int, _ rows: Int, in tile: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    guard !isPointwise else { return UnsafePointer(input.values + first * patch) }
    withUnsafePointer(to: geometry) { geometry in
      Threads.split(rows, work: 2 * patch) { part, _ in
        convolution_gather(
          geometry, input.values, first + part.lowerBound, part.count,
          tile + part.lowerBound * patch)
      }
    }
    return UnsafePointer(tile)
  }

  /// Takes a tile for each thread.
  func reserve() { _ = tiles.rows(isPointwise ? 0 : Threads.count) }
}
