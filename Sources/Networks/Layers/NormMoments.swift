import CKernels
import Tensors

/// What a batch norm knows of some rows: their number, and the mean and the sum of squared differences of
/// each channel.
struct NormMoments {
  let channels: Int
  /// `[1 + 2 channels]`: rows, means, sums.
  let values: Buffer<Double>

  /// The moments that lie in `values`.
  init(_ values: Buffer<Double>) {
    channels = (values.count - 1) / 2
    self.values = values
  }

  /// How many numbers the moments of so many channels are.
  static func count(channels: Int) -> Int { 1 + 2 * channels }

  var rows: Int { Int(values[0]) }
  var means: UnsafeMutablePointer<Double> { values.pointer + 1 }
  var squares: UnsafeMutablePointer<Double> { values.pointer + 1 + channels }

  /// Takes the moments of `rows` rows.
  func note(
    rows: Int, means: UnsafePointer<Double>, squares: UnsafePointer<Double>
  ) {
    values[0] = Double(rows)
    self.means.update(from: means, count: channels)
    self.squares.update(from: squares, count: channels)
  }

  /// Becomes the moments of these rows and those of `other` (Chan, Golub and LeVeque, 1979).
  func unite(_ other: NormMoments) {
    guard other.rows > 0 else { return }
    guard rows > 0 else { return values.update(from: other.values) }
    norm_channels_moments_unite(
      means, squares, rows, other.means, other.squares, other.rows, channels)
    values[0] += other.values[0]
  }
}
