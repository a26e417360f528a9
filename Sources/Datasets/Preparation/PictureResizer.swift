import Tensors

/// The height and width of a picture, in pixels.
public struct PictureSize: Sendable, Equatable {
  /// The number of rows.
  public var height: Int
  /// The number of columns.
  public var width: Int

  /// A size.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }
}

/// Pictures `[height, width]` in another size, bilinear, with pixels counted by their middles.
///
/// Where a picture shrinks, the triangle of weights grows with the step, so that every pixel counts
/// (as `antialias=True` of PyTorch's `interpolate`, and Pillow's `BILINEAR`). At an edge the weights
/// of what is there make up the whole.
final class PictureResizer {
  let size: PictureSize

  private let source: PictureSize
  private let rows: Axis
  private let columns: Axis
  /// Every source row in its new width.
  private let narrowed: Buffer<Float>

  /// A resizer of pictures of one size, none of whose sides is 0.
  init(from source: PictureSize, to size: PictureSize) {
    self.source = source
    self.size = size
    rows = Axis(from: source.height, to: size.height)
    columns = Axis(from: source.width, to: size.width)
    narrowed = Buffer(source.height * size.width)
  }

  /// Writes `picture`, which is left as it is, to `destination`.
  func resize(_ picture: Span<Float>, into destination: inout MutableSpan<Float>) {
    narrowed.withMutableSpan { narrowed in
      for y in 0..<source.height {
        for x in 0..<size.width {
          var sum: Float = 0
          for (offset, weight) in columns.weights(of: x) {
            sum += weight * picture[y * source.width + offset]
          }
          narrowed[y * size.width + x] = sum
        }
      }
    }
    destination.update(repeating: 0)
    narrowed.withSpan { narrowed in
      for y in 0..<size.height {
        for (offset, weight) in rows.weights(of: y) {
          for x in 0..<size.width {
            destination[y * size.width + x] += weight * narrowed[offset * size.width + x]
          }
        }
      }
    }
  }
}

extension PictureResizer {
  /// The weights by which new places along one axis see the old ones.
  private struct Axis {
    private let starts: [Int]
    /// Where the weights of each place begin; one more for the end.
    private let bounds: [Int]
    private let values: [Float]

    init(from count: Int, to newCount: Int) {
      let step = Double(count) / Double(newCount)
      let reach = max(1, step)
      var (starts, bounds, values) = ([Int](), [0], [Float]())
      for place in 0..<newCount {
        let middle = (Double(place) + 0.5) * step
        let first = max(0, Int((middle - reach + 0.5).rounded(.down)))
        let end = min(count, Int((middle + reach + 0.5).rounded(.down)))
        let weights = (first..<end).map { max(0, 1 - abs(Double($0) + 0.5 - middle) / reach) }
        let total = weights.reduce(0, +)
        starts.append(first)
        values += weights.map { Float($0 / total) }
        bounds.append(values.count)
      }
      (self.starts, self.bounds, self.values) = (starts, bounds, values)
    }

    /// The old places that a new one sees, each with its weight.
    func weights(of place: Int) -> some Sequence<(offset: Int, weight: Float)> {
      let (start, first) = (starts[place], bounds[place])
      return (first..<bounds[place + 1]).lazy.map { (start + $0 - first, values[$0]) }
    }
  }
}
