import Tensors

/// Whether a network learns or is asked.
public enum Mode: Sendable {
  /// Batch statistics are used and kept; what `backward` needs is remembered.
  case training
  /// Running statistics are used; nothing is remembered.
  case evaluation
}

/// A state that is saved with a network but not trained, such as a running mean.
public struct LayerState {
  /// The name within its network: `norm1.running_mean`.
  public var name: String
  /// The values, one vector.
  public let values: Tensor
}

/// Random numbers that training draws, such as those of dropout: by name, so that they can be
/// saved.
public final class RandomStream {
  /// The name within its layer; encoders put the layer's name in front: `block1.dropout`.
  public internal(set) var name: String
  /// What the next numbers are drawn from.
  public var generator: SeededGenerator

  /// The stream of `name`.
  public init(_ name: String, _ generator: SeededGenerator) {
    self.name = name
    self.generator = generator
  }

  /// The generator's words, `[4]`.
  public var state: NamedState {
    NamedState(name, generator.words) { [self] in generator.words = $0 }
  }
}

/// A differentiable function of a batch, with the memory that it needs.
///
/// A layer owns its output and its input gradient, allocated once for the largest batch, and hands
/// them out: they hold until the next call. **The gradient rule of this room: `backward` overwrites
/// parameter gradients and returns the input gradient.** A layer is called once in a forward pass.
public protocol Layer: AnyObject {
  /// The shape of one sample of the output.
  var outputShape: Shape { get }
  /// What is trained, in a fixed order.
  var parameters: [Parameter] { get }
  /// What is saved beside the parameters, in a fixed order.
  var states: [LayerState] { get }
  /// The batch norms within it, in a fixed order.
  var norms: [ChannelNorm] { get }
  /// What training draws from, in a fixed order.
  var randomStreams: [RandomStream] { get }

  /// Whether there can be another `backward` after the same `forward`, once `recover` was called.
  var repeatsBackward: Bool { get }

  /// The output `[count, outputShape…]` for the batch `input`.
  func forward(_ input: Tensor, mode: Mode) -> Tensor

  /// Takes the gradient of the loss with respect to the output of the last training `forward`;
  /// stores the parameters' gradients; returns the gradient with respect to that `forward`'s input,
  /// or nil if it is not wanted (a network's first layer has no use for it).
  func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor?

  /// Makes anew, bit for bit, what `backward` has overwritten of what the last training `forward` kept.
  func recover()

  /// Takes all memory that training with mini-batches of `count` samples takes, which the passes take
  /// piece by piece; within a `MemoryPlan` that says how much it is. Whoever holds no more than what
  /// its initialiser makes need not say anything.
  ///
  /// - Returns: the number of samples of the output.
  func reserve(_ count: Int, wantsInputGradient: Bool) -> Int

  /// The same for a layer that does not move and only evaluates, in training too.
  func reserve(evaluating count: Int) -> Int

  /// What the layer consists of, in the order of a forward pass, with the costs of the training
  /// pass that took `input` to `output`. A layer without matrices has no need to say.
  func parts(from input: Tensor, to output: Tensor, wantsInputGradient: Bool) -> [LayerPart]

  /// Has `partEnded` called in training with the name of each part as it ends, on both ways; nil
  /// ends that. Whoever holds a clock learns so where the time of a layer goes.
  func observeParts(_ partEnded: ((String) -> Void)?)
}

extension Layer {
  /// Nothing, unless a layer says otherwise.
  public var parameters: [Parameter] { [] }
  /// Nothing, unless a layer says otherwise.
  public var states: [LayerState] { [] }
  /// None, unless a layer says otherwise.
  public var norms: [ChannelNorm] { [] }
  /// The random streams that the layer draws from, by name.
  public var randomStreams: [RandomStream] { [] }
  /// Nobody has said so.
  public var repeatsBackward: Bool { false }
  /// Nothing was overwritten.
  public func recover() {}
  /// Nothing more.
  public func reserve(_ count: Int, wantsInputGradient: Bool) -> Int { count }
  /// Nothing more.
  public func reserve(evaluating count: Int) -> Int { count }
}
