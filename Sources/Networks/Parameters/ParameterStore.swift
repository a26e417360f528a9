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
  public var values: UnsafeMutablePointer<Float> { memory.values }
  /// All gradients, in the same order; only with `GradientMemory.whole`.
  public var gradients: UnsafeMutablePointer<Float> { gradients(of: 0..<count) }
  /// How much of the gradients there is at a time.
  public let gradientMemory: GradientMemory
  /// The number of floats that the gradients take.
  public let gradientCount: Int
  /// The values of each layer, in order; empty for layers without parameters.
  public let layerRanges: [Range<Int>]

  /// The values that decay and those that do not where biases and norms are exempt: neighbours of
  /// one kind in one range.
  public let decayRanges: [(range: Range<Int>, decays: Bool)]

  private let memory: ParameterMemory

  /// A store for `parameters`, which it binds and initialises from `generator`, in order.
  public convenience init(_ parameters: [Parameter], from generator: inout SeededGenerator) {
    self.init(layers: [parameters], gradients: .whole, from: &generator)
  }

  /// A store for the parameters of layers, which it binds and initialises from `generator`, in
  /// order.
  public init(
    layers: [[Parameter]], gradients: GradientMemory, from generator: inout SeededGenerator
  ) {
    parameters = layers.flatMap(\.self)
    gradientMemory = gradients
    layerRanges = Self.ranges(of: layers)
    count = layerRanges.last?.upperBound ?? 0
    gradientCount = gradients == .whole ? count : layerRanges.map(\.count).max() ?? 0
    memory = ParameterMemory(valueCount: count, gradientCount: gradientCount)
    decayRanges = Self.decayRanges(of: parameters)
    for (parameters, range) in zip(layers, layerRanges) {
      var offset = range.lowerBound
      let base = gradients == .whole ? 0 : offset
      for parameter in parameters {
        parameter.bind(to: memory, value: offset, gradient: offset - base)
        offset += parameter.shape.elementCount
        Self.initialise(parameter, from: &generator)
      }
    }
  }

  /// The gradients of `range`, from the first of them on: any range with `GradientMemory.whole`,
  /// else one within the layer whose backward pass was the last.
  public func gradients(of range: Range<Int>) -> UnsafeMutablePointer<Float> {
    guard gradientMemory == .shared else { return memory.gradients + range.lowerBound }
    guard let layer = layerRanges.first(where: { $0.contains(range.lowerBound) }),
      range.upperBound <= layer.upperBound
    else { preconditionFailure("the gradients of \(range) are never there at once") }
    return memory.gradients + (range.lowerBound - layer.lowerBound)
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

  private static func initialise(_ parameter: Parameter, from generator: inout SeededGenerator) {
    let deviation: Double
    switch parameter.initialiser {
    case .heNormal(let fanIn): deviation = (2 / Double(fanIn)).squareRoot()
    case .xavierNormal(let fanIn, let fanOut): deviation = (2 / Double(fanIn + fanOut)).squareRoot()
    case .normal(let given): deviation = Double(given)
    case .constant(let value):
      parameter.value.update(repeating: value, count: parameter.shape.elementCount)
      return
    }
    generator.fill(parameter.value, count: parameter.shape.elementCount, deviation: deviation)
  }
}

/// The memory of a store, shared with its parameters, so that none of them can outlive it.
final class ParameterMemory {
  let values: UnsafeMutablePointer<Float>
  let gradients: UnsafeMutablePointer<Float>

  init(valueCount: Int, gradientCount: Int) {
    values = AlignedStorage.floats(valueCount)
    gradients = AlignedStorage.floats(gradientCount)
  }

  deinit {
    AlignedStorage.free(values)
    AlignedStorage.free(gradients)
  }
}
