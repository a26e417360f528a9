import CKernels
import Tensors

/// The parts in which the squares of gradients are summed where several ranks have a part of them each: layer
/// by layer, in pieces of one size.
///
/// The sum of a chunk depends on its values alone, and the sums of chunks are added in their order: so the
/// norm does not depend on who has summed which chunk, as long as nobody's part ends within one.
public struct GradientChunks: Sendable {
  /// The number of values of a chunk; fewer at the end of a layer.
  public static let size = 4_096

  /// The values of each chunk, ascending.
  public let ranges: [Range<Int>]

  /// The chunks of all values of `store` that move.
  public init(_ store: ParameterStore) {
    ranges = store.movingLayers.flatMap { layer in
      stride(from: layer.lowerBound, to: layer.upperBound, by: Self.size).map {
        $0..<min($0 + Self.size, layer.upperBound)
      }
    }
  }

  /// The sum of the squares of a chunk's gradients.
  public static func squares(_ gradients: Buffer<Float>) -> Double {
    values_sum_of_squares(gradients.pointer, gradients.count)
  }

  /// The sum of the squares of all gradients, which `store` holds.
  public func sumOfSquares(_ store: ParameterStore) -> Double {
    let sums = Buffer<Double>(ranges.count)
    Threads.split(ranges.count, work: Self.size) { part, _ in
      for chunk in part { sums[chunk] = Self.squares(store.gradients(of: ranges[chunk])) }
    }
    return Self.total(sums)
  }

  /// The sum of the sums of all chunks, in their order.
  public static func total(_ sums: Buffer<Double>) -> Double {
    (0..<sums.count).reduce(0) { $0 + sums[$1] }
  }
}
