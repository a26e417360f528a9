import Tensors

/// All parameters of a network in one piece of memory, and their gradients in another.
///
/// One piece means that an optimizer is one pass over memory, that replicas sum gradients without
/// copying, and that a network's state is a name and a range.
public final class ParameterStore {
  /// The parameters in the order of the network.
  public let parameters: [Parameter]
  /// The number of floats in `values` and in `gradients`.
  public let count: Int
  /// All values, parameter after parameter.
  public var values: UnsafeMutablePointer<Float> { memory.values }
  /// All gradients, in the same order.
  public var gradients: UnsafeMutablePointer<Float> { memory.gradients }

  /// The values that decay and those that do not where biases and norms are exempt: neighbours of
  /// one kind in one range.
  public let decayRanges: [(range: Range<Int>, decays: Bool)]

  private let memory: ParameterMemory

  /// A store for `parameters`, which it binds and initialises from `generator`, in order.
  public init(_ parameters: [Parameter], from generator: inout SeededGenerator) {
    self.parameters = parameters
    count = parameters.reduce(0) { $0 + $1.shape.elementCount }
    memory = ParameterMemory(count: count)
    decayRanges = Self.decayRanges(of: parameters)
    var offset = 0
    for parameter in parameters {
      parameter.bind(to: memory, at: offset)
      offset += parameter.shape.elementCount
      Self.initialise(parameter, from: &generator)
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
    for index in 0..<parameter.shape.elementCount {
      parameter.value[index] = Float(deviation * generator.normal())
    }
  }
}

/// The memory of a store, shared with its parameters, so that none of them can outlive it.
final class ParameterMemory {
  let values: UnsafeMutablePointer<Float>
  let gradients: UnsafeMutablePointer<Float>

  init(count: Int) {
    values = AlignedStorage.floats(count)
    gradients = AlignedStorage.floats(count)
  }

  deinit {
    AlignedStorage.free(values)
    AlignedStorage.free(gradients)
  }
}
