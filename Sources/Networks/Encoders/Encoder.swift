import Tensors

/// One modality's encoder: from a batch of its inputs to features `[n, D]`.
public final class Encoder {
  /// The shape of one input sample.
  public let inputShape: Shape
  /// D, the number of features.
  public let featureCount: Int
  /// The layers, first to last.
  public let layers: [any Layer]
  /// The name of each layer: `conv1`.
  public let layerNames: [String]
  /// Everything that is trained.
  public let store: ParameterStore
  /// Everything that is saved beside the parameters.
  public let states: [LayerState]
  /// What training draws from: dropout and stochastic depth.
  public let randomStreams: [RandomStream]

  /// A chain of named layers; parameters are named `layer.parameter` and drawn from `generator`.
  public init(
    inputShape: Shape, layers named: [(name: String, layer: any Layer)],
    gradients: GradientMemory = .whole, generator: inout SeededGenerator
  ) {
    self.inputShape = inputShape
    layers = named.map(\.layer)
    layerNames = named.map(\.name)
    featureCount = (layers.last?.outputShape ?? inputShape).elementCount
    for (name, layer) in named {
      for parameter in layer.parameters { parameter.name = "\(name).\(parameter.name)" }
    }
    for (name, layer) in named {
      for stream in layer.randomStreams { stream.name = "\(name).\(stream.name)" }
    }
    randomStreams = layers.flatMap(\.randomStreams)
    states = named.flatMap { name, layer in
      layer.states.map { LayerState(name: "\(name).\($0.name)", values: $0.values) }
    }
    store = ParameterStore(
      layers: layers.map(\.parameters), gradients: gradients, from: &generator)
  }

  /// The features `[n, D]` of a batch. They hold until the next call.
  public func forward(_ batch: Tensor, mode: Mode) -> Tensor {
    layers.reduce(batch) { $1.forward($0, mode: mode) }
  }

  /// Turns the gradient of the loss by the features into that by every parameter.
  ///
  /// - Parameter use: called as soon as the gradients of a layer are complete, from the last layer
  ///   to the first, with the range of its parameters. Nobody reads these parameters any more, so
  ///   they may be moved; with `GradientMemory.shared` this is the time to do it.
  public func backward(_ featureGradient: Tensor, then use: (Range<Int>) -> Void = { _ in }) {
    var gradient: Tensor? = featureGradient
    for (index, layer) in layers.enumerated().reversed() {
      gradient = gradient.flatMap { layer.backward($0, wantsInputGradient: index > 0) }
      if !store.layerRanges[index].isEmpty { use(store.layerRanges[index]) }
    }
  }
}
