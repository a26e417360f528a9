import CKernels
import Tensors

/// 3 by 3 convolution of stride 1 in Winograd's form F(4x4, 3x3), with a quarter of the
/// multiplications; see `WinogradKernels.h` for the mathematics.
///
/// Tiles are worked off in bands, small enough for a band's transformed tiles to stay near the
/// processor, and filters in panels of 32. Backward transforms each tile of the input and of the
/// output gradient once, and uses both for both gradients.
final class WinogradConvolution {
  private var geometry: Convolution
  private let workspace: Workspace
  /// The largest number of tiles at once.
  private let band: Int
  /// The floats between the rows of a transformed band: not a power of two, whose rows would
  /// compete for the same lines of the cache.
  private let inputRow: Int
  private let gradientRow: Int

  private static let panel = WINOGRAD_PANEL
  private static let places = WINOGRAD_PLACES

  /// Whether this way is open for a convolution, and shorter than the direct one.
  static func suits(_ c: Convolution) -> Bool {
    var geometry = c
    let (area, tiles) = (c.outHeight * c.outWidth, winograd_tiles(&geometry))
    return convolution_direct_pays() != 0 && c.kernel == 3 && c.stride == 1 && c.padding <= 2
      && c.channels % 16 == 0 && c.filters % 16 == 0 && 2 * places * tiles <= 9 * area
  }

  init(_ geometry: Convolution, capacity: Int, workspace: Workspace) {
    self.geometry = geometry
    self.workspace = workspace
    var geometry = geometry
    let (channels, filters) = (geometry.channels, geometry.filters)
    let total = capacity * winograd_tiles(&geometry)
    let most = max(channels, filters) <= 128 ? 48 : 96
    band = max(1, min(total, most))
    inputRow = channels + 16
    gradientRow = filters + 16
    workspace.reserve(.tiles, Self.places * Self.spacing(band, inputRow))
    workspace.reserve(.gradientTiles, Self.places * Self.spacing(band, gradientRow))
    workspace.reserve(.sums, Self.places * band * Self.panel)
    // One band needs the transformed weights of one panel at a time, several need all of them.
    let columns = total > band ? max(channels, filters) : Self.panel
    let weights = Self.places * max(channels, filters) * columns
    workspace.reserve(.weights, weights)
    workspace.reserve(.weightGradients, weights)
  }

  private static func spacing(_ rows: Int, _ row: Int) -> Int { rows * row + 16 }

  /// `output [n, …, filters]` of `input [n, H, W, C]`, or of its rectified norm.
  func forward(
    _ input: Tensor, norm: ChannelNorm?, weights: UnsafePointer<Float>, into output: Tensor
  ) {
    let tiles = workspace.floats(.tiles)
    let sums = workspace.floats(.sums)
    let (channels, filters) = (geometry.channels, geometry.filters)
    let total = input.count * winograd_tiles(&geometry)
    eachBand(of: total) { first, count in
      let spacing = Self.spacing(count, inputRow)
      withAffine(norm) {
        winograd_input(&geometry, input.values, $0, first, count, tiles, spacing, inputRow)
      }
      eachPanel(of: filters, depth: channels, isWhole: total > band) { panel, width, transformed in
        if first == 0 { winograd_weights(&geometry, weights, panel, width, transformed) }
        winograd_products(tiles, spacing, inputRow, count, channels, transformed, width, sums)
        winograd_output(&geometry, sums, first, count, panel, width, output.values)
      }
    }
  }

  /// The gradients of weights and, added to `inputGradient` if there is one, of the input.
  func backward(
    _ input: Tensor, norm: ChannelNorm?, outputGradient: Tensor, weights: UnsafePointer<Float>,
    weightGradient: UnsafeMutablePointer<Float>, addingTo inputGradient: Tensor?
  ) {
    let tiles = workspace.floats(.tiles)
    let gradientTiles = workspace.floats(.gradientTiles)
    let sums = workspace.floats(.sums)
    let (channels, filters) = (geometry.channels, geometry.filters)
    let total = input.count * winograd_tiles(&geometry)
    if total == 0 { weightGradient.update(repeating: 0, count: 9 * channels * filters) }
    let weightSums = workspace.floats(.weightGradients)
    eachBand(of: total) { first, count in
      let spacing = Self.spacing(count, inputRow)
      let gradientSpacing = Self.spacing(count, gradientRow)
      withAffine(norm) {
        winograd_input(&geometry, input.values, $0, first, count, tiles, spacing, inputRow)
      }
      winograd_output_gradient(
        &geometry, outputGradient.values, first, count, gradientTiles, gradientSpacing, gradientRow)
      eachPanel(of: channels, depth: filters, isWhole: total > band) { panel, width, transformed in
        if let inputGradient {
          if first == 0 { winograd_weights_turned(&geometry, weights, panel, width, transformed) }
          winograd_products(
            gradientTiles, gradientSpacing, gradientRow, count, filters, transformed, width, sums)
          winograd_input_gradient(
            &geometry, sums, first, count, panel, width, inputGradient.values)
        }
        // A single band needs the sums of one panel at a time, several all of them.
        guard total <= band else { return }
        winograd_outer_products(
          gradientTiles, gradientSpacing, gradientRow, tiles + panel, spacing, inputRow, count,
          filters, width, weightSums, 0)
        winograd_weight_gradient(&geometry, weightSums, panel, width, weightGradient)
      }
      guard total > band else { return }
      winograd_outer_products(
        gradientTiles, gradientSpacing, gradientRow, tiles, spacing, inputRow, count, filters,
        channels, weightSums, first > 0 ? 1 : 0)
    }
    guard total > band else { return }
    for panel in stride(from: 0, to: channels, by: Self.panel) {
      winograd_weight_gradient(
        &geometry, weightSums + Self.places * filters * panel, panel,
        min(Self.panel, channels - panel), weightGradient)
    }
  }

  private func eachBand(of total: Int, _ body: (_ first: Int, _ count: Int) -> Void) {
    for first in stride(from: 0, to: total, by: band) { body(first, min(band, total - first)) }
  }

  /// Calls `body` with each panel of columns and the memory of its transformed weights.
  private func eachPanel(
    of columns: Int, depth: Int, isWhole: Bool,
    _ body: (_ first: Int, _ width: Int, _ weights: UnsafeMutablePointer<Float>) -> Void
  ) {
    let weights = workspace.floats(.weights)
    for first in stride(from: 0, to: columns, by: Self.panel) {
      let place = isWhole ? Self.places * depth * first : 0
      body(first, min(Self.panel, columns - first), weights + place)
    }
  }

  private func withAffine(_ norm: ChannelNorm?, _ body: (UnsafePointer<ChannelAffine>?) -> Void) {
    guard let norm else { return body(nil) }
    norm.withAffine(body)
  }
}
