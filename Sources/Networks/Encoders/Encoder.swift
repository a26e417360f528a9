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
  /// The number of layers, from the first, that do not move. In training they are as in evaluation.
  public let frozenLayerCount: Int
  /// Everything that is trained.
  public let store: ParameterStore
  /// Everything that is saved beside the parameters.
  public let states: [LayerState]
  /// What training draws from: dropout and stochastic depth.
  public let randomStreams: [RandomStream]
  /// What a trace calls the backward pass of each layer.
  private let backwardNames: [TraceName]

  /// A chain of named layers; parameters are named `layer.parameter`, and zero until `store` draws
  /// them or they are restored.
  ///
  /// - Parameters:
  ///   - frozen: the number of layers, from the first, that do not move.
  ///   - rates: what each layer's learning rate is multiplied by; nil: 1.
  ///   - memory: where the arrays are that training moves.
  public init(
    inputShape: Shape, layers named: [(name: String, layer: any Layer)],
    gradients: GradientMemory = .whole, frozen: Int = 0, rates: [Double]? = nil,
    memory: ParameterMemory = .own
  ) {
    self.inputShape = inputShape
    frozenLayerCount = frozen
    layers = named.map(\.layer)
    layerNames = named.map(\.name)
    backwardNames = named.map { TraceName("backward/\($0.name)") }
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
      layers: layers.map(\.parameters), gradients: gradients, frozen: frozen, rates: rates,
      memory: memory)
  }

  /// Whether there can be several backward passes after a forward pass, with `recover` between them.
  var repeatsBackward: Bool { layers[frozenLayerCount...].allSatisfy(\.repeatsBackward) }

  /// Makes anew what the last backward pass has overwritten of what its forward pass kept.
  func recover() { for layer in layers[frozenLayerCount...] { layer.recover() } }

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
      next.offset < frozenLayerCount
        ? next.element.reserve(evaluating: count)
        : next.element.reserve(count, wantsInputGradient: next.offset > frozenLayerCount)
    }
  }

  /// The features `[n, D]` of a batch. They hold until the next call.
  public func forward(_ batch: Tensor, mode: Mode) -> Tensor {
    forwardMoving(forwardFrozen(batch), mode: mode)
  }

  /// What the frozen layers make of a batch, in training and in evaluation. It holds until the next call.
  public func forwardFrozen(_ batch: Tensor) -> Tensor {
    layers[..<frozenLayerCount].reduce(batch) { $1.forward($0, mode: .evaluation) }
  }

  /// The features, from what the frozen layers made of a batch.
  public func forwardMoving(_ batch: Tensor, mode: Mode) -> Tensor {
    layers[frozenLayerCount...].reduce(batch) { $1.forward($0, mode: mode) }
  }

  /// Turns the gradient of the loss with respect to the features into that with respect to every
  /// parameter that moves.
  ///
  /// - Parameter use: called as soon as the gradients of a layer are complete, from the last layer
  ///   to the first, with the range of its parameters. Nobody reads these parameters any more, so
  ///   they may be moved; with `GradientMemory.shared` this is the time to do it.
  public func backward(
    _ featureGradient: Tensor, then use: (Range<Int>) throws -> Void
  ) rethrows {
    var gradient: Tensor? = featureGradient
    for index in layers.indices.dropFirst(frozenLayerCount).reversed() {
      gradient = gradient.flatMap { backward(layer: index, $0) }
      if !store.layerRanges[index].isEmpty { try use(store.layerRanges[index]) }
    }
  }

  /// The same for whoever looks at the gradients when all of them are complete.
  public func backward(_ featureGradient: Tensor) { backward(featureGradient) { _ in } }

  /// The part of the backward pass that is a layer's: from the gradient with respect to its output to that
  /// with respect to its input; nil: nobody wants it.
  func backward(layer index: Int, _ outputGradient: Tensor) -> Tensor? {
    Trace.span(backwardNames[index]) {
      layers[index].backward(outputGradient, wantsInputGradient: index > frozenLayerCount)
    }
  }
}
