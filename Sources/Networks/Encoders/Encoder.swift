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

  /// A chain of named layers; parameters are named `layer.parameter`, and zero until `store` draws
  /// them or they are restored.
  public init(
    inputShape: Shape, layers named: [(name: String, layer: any Layer)],
    gradients: GradientMemory = .whole
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
    store = ParameterStore(layers: layers.map(\.parameters), gradients: gradients)
  }

  /// What the encoder is, for evaluation too: the parameters, then the states of layers, such as
  /// running means.
  public var weights: [NamedState] {
    store.state + states.map { NamedState($0.name, $0.values.sampleShape, $0.values.storage) }
  }

  /// All that training goes on from: `weights`, then the random streams.
  public var state: [NamedState] { weights + randomStreams.map(\.state) }

  /// Takes all memory that training with mini-batches of `count` samples takes, which its passes take
  /// piece by piece: within a `MemoryPlan`, to know how much it is.
  public func reserve(_ count: Int) {
    _ = layers.enumerated().reduce(count) { count, next in
      next.element.reserve(count, wantsInputGradient: next.offset > 0)
    }
  }

  /// The features `[n, D]` of a batch. They hold until the next call.
  public func forward(_ batch: Tensor, mode: Mode) -> Tensor {
    layers.reduce(batch) { $1.forward($0, mode: mode) }
  }

  /// Turns the gradient of the loss with respect to the features into that with respect to every
  /// parameter.
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
