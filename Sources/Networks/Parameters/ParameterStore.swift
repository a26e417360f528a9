import Tensors

/// How much of a network's gradients exists at a time.
public enum GradientMemory: Sendable {
  /// All of it, in the order of the values: for whoever looks at all of it, such as clipping.
  case whole
  /// One layer's. The layers share a place as large as the largest of them needs, so gradients are
  /// to be used layer by layer, while the backward pass goes on.
  case shared
}

/// All parameters of a network in one piece of memory, and their gradients in another.
///
/// One piece means that an optimizer is one pass over memory, that replicas sum gradients without
/// copying, and that a network's state is a name and a range.
public final class ParameterStore {
  /// The parameters in the order of the network.
  public let parameters: [Parameter]
  /// The number of floats in `values`.
  public let count: Int
  /// All values, parameter after parameter.
  public let values: Buffer<Float>
  /// All gradients, in the same order; only with `GradientMemory.whole`.
  public var gradients: Buffer<Float> { gradients(of: 0..<count) }
  /// How much of the gradients there is at a time.
  public let gradientMemory: GradientMemory
  /// The number of floats that the gradients take.
  public let gradientCount: Int
  /// The values of each layer, in order; empty for layers without parameters.
  public let layerRanges: [Range<Int>]

  /// The values that decay and those that do not where biases and norms are exempt: neighbours of
  /// one kind in one range.
  public let decayRanges: [(range: Range<Int>, decays: Bool)]

  private let gradientPlace: Buffer<Float>

  /// A store for `parameters`, which it binds; all values are zero.
  public convenience init(_ parameters: [Parameter]) {
    self.init(layers: [parameters], gradients: .whole)
  }

  /// A store for the parameters of layers, which it binds; all values are zero.
  public init(layers: [[Parameter]], gradients: GradientMemory) {
    parameters = layers.flatMap(\.self)
    gradientMemory = gradients
    layerRanges = Self.ranges(of: layers)
    count = layerRanges.last?.upperBound ?? 0
    gradientCount = gradients == .whole ? count : layerRanges.map(\.count).max() ?? 0
    values = Buffer(count)
    gradientPlace = Buffer(gradientCount)
    decayRanges = Self.decayRanges(of: parameters)
    for (parameters, range) in zip(layers, layerRanges) {
      var offset = range.lowerBound
      for parameter in parameters {
        let range = offset..<offset + parameter.shape.elementCount
        parameter.bind(to: values[range], self.gradients(of: range))
        offset = range.upperBound
      }
    }
  }

  /// Gives every parameter, in order, the values that training starts from.
  public func initialise(from generator: inout SeededGenerator) {
    for parameter in parameters { parameter.initialise(from: &generator) }
  }

  /// Every parameter, in order.
  public var state: [NamedState] {
    parameters.map { NamedState($0.name, $0.shape, $0.values) }
  }

  /// Whether all gradients, all of which it holds, are finite.
  public var hasFiniteGradients: Bool { Elementwise.sumOfSquares(gradients).isFinite }

  /// The gradients of `range`, from the first of them on: any range with `GradientMemory.whole`,
  /// else one within the layer whose backward pass was the last.
  public func gradients(of range: Range<Int>) -> Buffer<Float> {
    guard gradientMemory == .shared else { return gradientPlace[range] }
    guard !range.isEmpty else { return gradientPlace[0..<0] }
    guard let layer = layerRanges.first(where: { $0.contains(range.lowerBound) }),
      range.upperBound <= layer.upperBound
    else { preconditionFailure("the gradients of \(range) are never there at once") }
    let first = range.lowerBound - layer.lowerBound
    return gradientPlace[first..<first + range.count]
  }

  private static func ranges(of layers: [[Parameter]]) -> [Range<Int>] {
    var end = 0
    return layers.map { parameters in
      let start = end
      end += parameters.elementCount
      return start..<end
    }
  }

  private static func decayRanges(
    of parameters: [Parameter]
  ) -> [(range: Range<Int>, decays: Bool)] {
    var ranges: [(range: Range<Int>, decays: Bool)] = []
    var offset = 0
    for parameter in parameters {
      let end = offset + parameter.shape.elementCount
      if let last = ranges.last, last.decays == parameter.decays {
        ranges[ranges.count - 1].range = last.range.lowerBound..<end
      } else {
        ranges.append((offset..<end, parameter.decays))
      }
      offset = end
    }
    return ranges
  }
}
