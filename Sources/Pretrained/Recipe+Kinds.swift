import Tensors

extension Recipe {
  /// The same values in the same order.
  static func same(_ target: String, _ source: String, advice: String? = nil) -> Recipe {
    Recipe(
      target: target, sources: [source], shapes: { [$0.dimensions] }, advice: advice,
      make: { $0[0] }, unmake: { [$0] })
  }

  /// Arrays of equal size, one below the other: queries, keys and values of one product.
  static func stacked(_ target: String, _ sources: [String]) -> Recipe {
    Recipe(
      target: target, sources: sources,
      shapes: { shape in
        let part = [shape[0] / sources.count] + shape.dimensions.dropFirst()
        return sources.map { _ in part }
      },
      make: { $0.flatMap(\.self) },
      unmake: { values in
        let size = values.count / sources.count
        return sources.indices.map { Array(values[$0 * size..<($0 + 1) * size]) }
      })
  }

  /// A table `[n, width]` with a vector added to each of its rows, or a vector with one added: the
  /// type of all tokens is part of what they are added to.
  ///
  /// - Parameter addedAxes: the axes of the tensor whose first row is added.
  static func sum(
    _ target: String, _ source: String, plus added: String, _ addedAxes: [Int],
    advice: String? = nil
  ) -> Recipe {
    let width = addedAxes.last ?? 1
    return Recipe(
      target: target, sources: [source, added], shapes: { [$0.dimensions, addedAxes] },
      advice: advice,
      make: { values in
        var sum = values[0]
        for place in sum.indices { sum[place] += values[1][place % width] }
        return sum
      },
      // What was added once stays added; a sum with -0 keeps every bit, that with 0 would lose those of -0.
      unmake: { [$0, [Float](repeating: -0, count: addedAxes.reduce(1, *))] })
  }

  /// Positions of a grid, made those of another.
  static func resized(_ target: String, _ source: String, _ grid: PositionGrid) -> Recipe {
    let places = grid.extra + grid.stored.rows * grid.stored.columns
    return Recipe(
      target: target, sources: [source], shapes: { [[places] + $0.dimensions.dropFirst()] },
      make: { grid.resized($0[0], width: $0[0].count / places) }, unmake: { _ in nil })
  }

  /// A convolution or patches, `[out, channels, height, width]`, with channels last.
  ///
  /// - Parameters:
  ///   - kernel: the axes of the tensor without the first.
  ///   - channels: those of the samples: as many as the tensor's, or one, by `rule`.
  static func channelsLast(
    _ target: String, _ source: String, kernel: [Int], channels: Int, _ rule: StemRule,
    advice: String? = nil
  ) -> Recipe {
    let (stored, places) = (kernel[0], kernel[1] * kernel[2])
    let isReduced = channels == 1 && stored > 1
    return Recipe(
      target: target, sources: [source],
      shapes: { [[$0[0], isReduced ? stored : channels, kernel[1], kernel[2]]] }, advice: advice,
      make: { values in
        let moved = Self.channelsLast(values[0], channels: stored, places: places)
        return isReduced ? Self.reduced(moved, channels: stored, rule) : moved
      },
      unmake: { values in
        isReduced ? nil : [Self.channelsFirst(values, channels: channels, places: places)]
      })
  }

  /// Patches that were flattened by channel, row and column, `[out, channels * height * width]`, with
  /// channels last.
  static func patchesChannelsLast(
    _ target: String, _ source: String, channels: Int, places: Int, advice: String
  ) -> Recipe {
    Recipe(
      target: target, sources: [source], shapes: { [$0.dimensions] }, advice: advice,
      make: { Self.channelsLast($0[0], channels: channels, places: places) },
      unmake: { [Self.channelsFirst($0, channels: channels, places: places)] })
  }

  /// `[n, channels, places]` to `[n, places, channels]`.
  private static func channelsLast(_ values: [Float], channels: Int, places: Int) -> [Float] {
    let size = channels * places
    return [Float](capacity: values.count) { moved in
      for start in stride(from: 0, to: values.count, by: size) {
        for place in 0..<places {
          for channel in 0..<channels { moved.append(values[start + channel * places + place]) }
        }
      }
    }
  }

  /// `[n, places, channels]` to `[n, channels, places]`: the same with both in each other's place.
  private static func channelsFirst(_ values: [Float], channels: Int, places: Int) -> [Float] {
    channelsLast(values, channels: places, places: channels)
  }

  /// `[n, channels]` to `[n]`.
  private static func reduced(_ values: [Float], channels: Int, _ rule: StemRule) -> [Float] {
    stride(from: 0, to: values.count, by: channels).map { start in
      let sum = values[start..<start + channels].reduce(0) { $0 + Double($1) }
      return Float(rule == .sum ? sum : sum / Double(channels))
    }
  }
}
