import Tensors

/// One array that training moves, by name. Its storage is a slice of its network's
/// `ParameterStore`.
public final class Parameter {
  /// How the array starts.
  public enum Initialiser: Sendable, Equatable {
    /// Normal with standard deviation `sqrt(2 / fanIn)` (He et al., 2015), for layers before a
    /// ReLU.
    case heNormal(fanIn: Int)
    /// Normal with standard deviation `sqrt(2 / (fanIn + fanOut))` (Glorot and Bengio, 2010).
    case xavierNormal(fanIn: Int, fanOut: Int)
    /// Normal with this standard deviation.
    case normal(deviation: Float)
    /// Every element the same.
    case constant(Float)
  }

  /// The name within its layer; containers put their own name in front: `conv1.weight`.
  public internal(set) var name: String
  /// The axes. Linear weights are `[out, in]`; convolution weights `[out, height, width, in]`.
  public let shape: Shape
  /// How the array starts.
  public let initialiser: Initialiser
  /// Whether weight decay means it even where biases and norms are exempt. Vectors (biases, the
  /// weights of norms, class tokens) never decay there, nor do learned positions.
  public let decays: Bool

  /// The values.
  public var values: Buffer<Float> { bound.values }
  /// The gradient of the loss; with `GradientMemory.shared` it holds until another layer's
  /// `backward`.
  public var gradients: Buffer<Float> { bound.gradients }

  private var place: (values: Buffer<Float>, gradients: Buffer<Float>)?

  private var bound: (values: Buffer<Float>, gradients: Buffer<Float>) {
    guard let place else { preconditionFailure("\(name) belongs to no store yet") }
    return place
  }

  /// A parameter that no store holds yet. `decays` is true for two axes or more unless given.
  public init(_ name: String, _ shape: Shape, _ initialiser: Initialiser, decays: Bool? = nil) {
    self.name = name
    self.shape = shape
    self.initialiser = initialiser
    self.decays = decays ?? (shape.rank > 1)
  }

  /// Gives the parameter its places in a store, whose memory lives as long as either of them.
  func bind(to values: Buffer<Float>, _ gradients: Buffer<Float>) { place = (values, gradients) }

  /// Draws the values that training starts from.
  func initialise(from generator: inout SeededGenerator) {
    guard !values.isPlanned else { return }
    switch initialiser {
    case .heNormal(let fanIn):
      generator.fill(values, deviation: (2 / Double(fanIn)).squareRoot())
    case .xavierNormal(let fanIn, let fanOut):
      generator.fill(values, deviation: (2 / Double(fanIn + fanOut)).squareRoot())
    case .normal(let deviation): generator.fill(values, deviation: Double(deviation))
    case .constant(let value): values.update(repeating: value)
    }
  }
}

extension Sequence<Parameter> {
  /// The number of floats in all of them.
  var elementCount: Int { reduce(0) { $0 + $1.shape.elementCount } }
}
