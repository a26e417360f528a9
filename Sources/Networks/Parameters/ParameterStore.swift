import Tensors

/// How much of a network's gradients exists at a time.
public enum GradientMemory: Sendable {
  /// All of it, in the order of the values: for whoever looks at all of it, such as clipping.
  case whole
  /// One layer's. The layers share a place as large as the largest of them needs, so gradients are
  /// to be used layer by layer, while the backward pass goes on.
  case shared
}

/// All parameters of a network in one piece of memory, and the gradients of those that move in another.
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
  /// The values that move: all but those of frozen layers, which come first and have no gradients.
  public let moving: Range<Int>
  /// The gradients of `moving`, in the same order; only with `GradientMemory.whole`.
  public var gradients: Buffer<Float> { gradients(of: moving) }
  /// How much of the gradients there is at a time.
  public let gradientMemory: GradientMemory
  /// The number of floats that the gradients take.
  public let gradientCount: Int
  /// The values of each layer, in order; empty for layers without parameters.
  public let layerRanges: [Range<Int>]
  /// The values of each parameter, in order.
  public let parameterRanges: [Range<Int>]

  /// Values that move alike.
  public struct Rule: Sendable, Equatable {
    /// Where they are.
    public var range: Range<Int>
    /// Whether they decay where biases and norms are exempt.
    public var decays: Bool
    /// What the learning rate is multiplied by.
    public var rate: Double
  }
  /// How the values of `moving` move: neighbours of one kind in one range.
  public let rules: [Rule]

  private let gradientPlace: Buffer<Float>

  /// A store for `parameters`, which it binds; all values are zero.
  public convenience init(_ parameters: [Parameter]) {
    self.init(layers: [parameters], gradients: .whole)
  }

  /// A store for the parameters of layers, which it binds; all values are zero unless their memory has some.
  ///
  /// - Parameters:
  ///   - frozen: the number of layers, from the first, that do not move.
  ///   - rates: what each layer's learning rate is multiplied by; nil: 1.
  ///   - memory: where the arrays are.
  public init(
    layers: [[Parameter]], gradients: GradientMemory, frozen: Int = 0, rates: [Double]? = nil,
    memory: ParameterMemory = .own
  ) {
    parameters = layers.flatMap(\.self)
    gradientMemory = gradients
    layerRanges = Self.ranges(of: layers)
    parameterRanges = Self.ranges(of: parameters.map { [$0] })
    count = layerRanges.last?.upperBound ?? 0
    moving = (frozen == 0 ? 0 : layerRanges[frozen - 1].upperBound)..<count
    gradientCount =
      gradients == .whole ? moving.count : layerRanges.dropFirst(frozen).map(\.count).max() ?? 0
    values = memory.values(count)
    gradientPlace = memory.gradients(gradientCount)
    precondition(values.count == count && gradientPlace.count == gradientCount)
    rules = Self.rules(layers, rates ?? layers.map { _ in 1 }, frozen: frozen)
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

  /// The ranges of the layers that move, where they have parameters.
  public var movingLayers: some Sequence<Range<Int>> {
    layerRanges.lazy.filter { [moving] in !$0.isEmpty && $0.lowerBound >= moving.lowerBound }
  }

  /// Whether all gradients, all of which it holds, are finite.
  public var hasFiniteGradients: Bool { Elementwise.sumOfSquares(gradients).isFinite }

  /// The gradients of `range`, from the first of them on: any range that moves with
  /// `GradientMemory.whole`, else one within the layer whose backward pass was the last. What is frozen
  /// has none.
  public func gradients(of range: Range<Int>) -> Buffer<Float> {
    guard !range.isEmpty, range.upperBound > moving.lowerBound else { return gradientPlace[0..<0] }
    guard gradientMemory == .shared else {
      let first = range.lowerBound - moving.lowerBound
      return gradientPlace[first..<first + range.count]
    }
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

  private static func rules(_ layers: [[Parameter]], _ rates: [Double], frozen: Int) -> [Rule] {
    var rules: [Rule] = []
    var offset = 0
    for (index, (parameters, rate)) in zip(layers, rates).enumerated() {
      for parameter in parameters {
        let range = offset..<offset + parameter.shape.elementCount
        offset = range.upperBound
        guard index >= frozen else { continue }
        if let last = rules.last, last.decays == parameter.decays, last.rate == rate {
          rules[rules.count - 1].range = last.range.lowerBound..<range.upperBound
        } else {
          rules.append(Rule(range: range, decays: parameter.decays, rate: rate))
        }
      }
    }
    return rules
  }
}
