import CKernels
import Tensors

/// 3 by 3 convolution of stride 1 in Winograd's form F(4x4, 3x3), with a quarter of the
/// multiplications; see `Winograd.h` for the mathematics.
///
/// Tiles are worked off in bands, small enough for a band's transformed tiles to stay near the
/// processor, and filters in panels of 32. Threads share either, whichever way sums stay whole.
/// Backward transforms each tile of the input and of the output gradient once, and uses both for
/// both gradients.
final class WinogradConvolution {
  private let geometry: Convolution
  private let workspace: Workspace
  /// The largest number of tiles at once.
  private let band: Int
  /// The floats between the rows of a transformed band: not a power of two, whose rows would
  /// compete for the same lines of the cache.
  private let inputRow: Int
  private let gradientRow: Int
  private var channels: Int { geometry.channels }
  private var filters: Int { geometry.filters }

  private static let panel = WINOGRAD_PANEL
  private static let places = WINOGRAD_PLACES
  /// The tiles that the products take at once.
  private static let rows = 12
  /// So many multiplications take as long as a float from memory; see `Threads.leastWork`.
  private static let productsOfUnit = 16

  /// Whether this way is open for a convolution, and shorter than the direct one.
  static func suits(_ c: Convolution) -> Bool {
    var geometry = c
    let (area, tiles) = (c.outHeight * c.outWidth, winograd_tiles(&geometry))
    return c.kernel == 3 && c.stride == 1 && c.padding <= 2
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
    let tiles = workspace.lanes(.tiles, of: Self.places * Self.spacing(band, inputRow))
    let sums = workspace.lanes(.sums, of: Self.places * band * Self.panel)
    withKernelArguments(norm) { geometry, affine in
      let total = input.count * winograd_tiles(geometry)
      guard total > band else {
        return forwardBand(geometry, affine, input, weights, count: total, into: output)
      }
      let transformed = workspace.storage(.weights).values
      eachPanel(of: filters, depth: channels) { panel, width, place, _ in
        winograd_weights(geometry, weights, panel, width, transformed + place)
      }
      Threads.split(total, grain: Self.rows, work: tileWork, lanes: sums.count) { part, lane in
        let (tiles, sums) = (tiles[lane].pointer, sums[lane].pointer)
        for first in stride(from: part.lowerBound, to: part.upperBound, by: band) {
          let count = min(band, part.upperBound - first)
          let spacing = Self.spacing(count, inputRow)
          winograd_input(geometry, input.values, affine, first, count, tiles, spacing, inputRow)
          for panel in stride(from: 0, to: filters, by: Self.panel) {
            let width = min(Self.panel, filters - panel)
            winograd_products(
              tiles, spacing, inputRow, count, channels,
              transformed + Self.places * channels * panel, width, sums)
            winograd_output(geometry, sums, first, count, panel, width, output.values)
          }
        }
      }
    }
  }

  /// A single band: threads share its tiles, and each transforms the weights that it multiplies.
  private func forwardBand(
    _ geometry: UnsafePointer<Convolution>, _ affine: UnsafePointer<ChannelAffine>?,
    _ input: Tensor, _ weights: UnsafePointer<Float>, count: Int, into output: Tensor
  ) {
    let tiles = workspace.storage(.tiles).values
    let sums = workspace.lanes(.sums, of: Self.places * band * Self.panel)
    let transformed = workspace.lanes(.weights, of: Self.places * channels * Self.panel)
    let spacing = Self.spacing(count, inputRow)
    Threads.split(count, work: transformWork(channels)) { part, _ in
      winograd_input(
        geometry, input.values, affine, part.lowerBound, part.count,
        tiles + part.lowerBound * inputRow, spacing, inputRow)
    }
    eachPanel(of: filters, depth: channels, rows: count, lanes: sums.count) {
      panel, width, _, lane in
      let (transformed, sums) = (transformed[lane].pointer, sums[lane].pointer)
      winograd_weights(geometry, weights, panel, width, transformed)
      winograd_products(tiles, spacing, inputRow, count, channels, transformed, width, sums)
      winograd_output(geometry, sums, 0, count, panel, width, output.values)
    }
  }

  /// The gradients of weights and, added to `inputGradient` if there is one, of the input.
  ///
  /// Tiles overlap in the input gradient, and each weight is a sum over tiles: so threads share the
  /// tiles of a band for the transforms, channels for the products and places for the sums, and
  /// every sum has one order.
  func backward(
    _ input: Tensor, norm: ChannelNorm?, outputGradient: Tensor, weights: UnsafePointer<Float>,
    weightGradient: UnsafeMutablePointer<Float>, addingTo inputGradient: Tensor?
  ) {
    withKernelArguments(norm) { geometry, affine in
      let total = input.count * winograd_tiles(geometry)
      if total == 0 { weightGradient.update(repeating: 0, count: 9 * channels * filters) }
      let isWhole = total > band
      let tiles = workspace.storage(.tiles).values
      let gradientTiles = workspace.storage(.gradientTiles).values
      let sums = workspace.lanes(.sums, of: Self.places * band * Self.panel)
      let lanes = isWhole ? nil : (panelLanes(.weights), panelLanes(.weightGradients))
      let transformed = workspace.storage(.weights).values
      let weightSums = workspace.storage(.weightGradients).values
      for first in stride(from: 0, to: total, by: band) {
        let count = min(band, total - first)
        let spacing = Self.spacing(count, inputRow)
        let gradientSpacing = Self.spacing(count, gradientRow)
        Threads.split(count, work: transformWork(channels + filters)) { part, _ in
          let place = part.lowerBound
          winograd_input(
            geometry, input.values, affine, first + place, part.count, tiles + place * inputRow,
            spacing, inputRow)
          winograd_output_gradient(
            geometry, outputGradient.values, first + place, part.count,
            gradientTiles + place * gradientRow, gradientSpacing, gradientRow)
        }
        eachPanel(of: channels, depth: filters, rows: count, lanes: sums.count) {
          panel, width, place, lane in
          if let inputGradient {
            let panelWeights = lanes?.0[lane].pointer ?? transformed + place
            let sums = sums[lane].pointer
            if first == 0 {
              winograd_weights_turned(geometry, weights, panel, width, panelWeights)
            }
            winograd_products(
              gradientTiles, gradientSpacing, gradientRow, count, filters, panelWeights, width,
              sums)
            winograd_input_gradient(
              geometry, sums, first, count, panel, width, inputGradient.values)
          }
          // A single band needs the sums of one panel at a time, several all of them.
          guard let panelSums = lanes?.1[lane].pointer else { return }
          winograd_outer_products(
            gradientTiles, gradientSpacing, gradientRow, tiles + panel, spacing, inputRow, count,
            filters, width, panelSums, 0, Self.places, 0)
          winograd_weight_gradient(geometry, panelSums, panel, width, weightGradient)
        }
        guard isWhole else { return }
        Threads.split(Self.places, work: count * channels * filters / Self.productsOfUnit) {
          places, _ in
          winograd_outer_products(
            gradientTiles, gradientSpacing, gradientRow, tiles, spacing, inputRow, count, filters,
            channels, weightSums, places.lowerBound, places.upperBound, first > 0 ? 1 : 0)
        }
      }
      guard isWhole else { return }
      eachPanel(of: channels, depth: filters) { panel, width, place, _ in
        winograd_weight_gradient(geometry, weightSums + place, panel, width, weightGradient)
      }
    }
  }

  /// Room for a panel of weights of the input gradient, for each lane.
  private func panelLanes(_ slot: Workspace.Slot) -> Workspace.Lanes {
    workspace.lanes(slot, of: Self.places * filters * Self.panel)
  }

  /// Calls `body` with each panel of columns, where its matrices lie if all have a place, and the
  /// lane; threads share the panels. `rows` are the rows that each is multiplied by.
  private func eachPanel(
    of columns: Int, depth: Int, rows: Int = 0, lanes: Int = .max,
    _ body: (_ first: Int, _ width: Int, _ place: Int, _ lane: Int) -> Void
  ) {
    // Transforming a weight takes as long as some rows of the product.
    let work = Self.places * depth * Self.panel * (rows + 16) / Self.productsOfUnit
    Threads.split((columns + Self.panel - 1) / Self.panel, work: work, lanes: lanes) {
      panels, lane in
      for panel in panels {
        let first = panel * Self.panel
        body(first, min(Self.panel, columns - first), Self.places * depth * first, lane)
      }
    }
  }

  private func withKernelArguments(
    _ norm: ChannelNorm?,
    _ body: (UnsafePointer<Convolution>, UnsafePointer<ChannelAffine>?) -> Void
  ) {
    withUnsafePointer(to: geometry) { geometry in
      guard let norm else { return body(geometry, nil) }
      norm.withAffine { body(geometry, $0) }
    }
  }

  /// The work of one tile, from the input to the output.
  private var tileWork: Int {
    transformWork(channels + filters) + Self.places * channels * filters / Self.productsOfUnit
  }

  /// The work of transforming one tile.
  private func transformWork(_ channels: Int) -> Int { 2 * Self.places * channels }

  /// Takes the memory of all passes over `count` samples.
  func reserve(_ count: Int) {
    var geometry = geometry
    reserve(evaluating: count)
    if count * winograd_tiles(&geometry) <= band {
      _ = (panelLanes(.weights), panelLanes(.weightGradients))
    }
    workspace.take(.gradientTiles, .weights, .weightGradients)
  }

  /// Takes the memory of the way there alone.
  func reserve(evaluating count: Int) {
    var geometry = geometry
    _ = workspace.lanes(.tiles, of: Self.places * Self.spacing(band, inputRow))
    _ = workspace.lanes(.sums, of: Self.places * band * Self.panel)
    if count * winograd_tiles(&geometry) <= band {
      _ = workspace.lanes(.weights, of: Self.places * channels * Self.panel)
    } else {
      workspace.take(.weights)
    }
  }
}
