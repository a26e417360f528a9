import Tensors

/// A block of a transformer (Vaswani et al., 2017): with `a` attention and `m` an MLP of one hidden
/// layer, pre-norm `s = x + a(norm1(x))`, `y = s + m(norm2(s))` (Xiong et al., 2020); or post-norm
/// `s = x + a(x)`, `t = norm1(s) + m(norm1(s))`, `y = norm2(t)`.
///
/// Rows `[width]` to rows `[width]`. Parameters are named as the reference vision transformers name
/// them: `norm1`, `attn.qkv`, `attn.proj`, `norm2`, `mlp.fc1`, `mlp.fc2`. Of a training pass the
/// block keeps x, s, queries, keys and values, and the hidden layer before GELU, post-norm t too:
/// norms, attention and GELU are computed again on the way back, which costs less than to store them.
public final class TransformerBlockLayer: Layer {
  /// The sizes and options of a block.
  public struct Options: Sendable, Equatable {
    /// The width of a token.
    public var width: Int
    /// The number of attention heads; divides the width.
    public var heads: Int
    /// The width of the MLP's hidden layer.
    public var hidden: Int
    /// Where the norms stand.
    public var norm = TransformerOptions.NormPlacement.pre
    /// What the norms add to the variance.
    public var epsilon = NormRows.standardEpsilon
    /// The form of GELU.
    public var gelu = GELULayer.Form.erf
    /// The probability that a value of a branch, or of the hidden layer, is dropped.
    public var dropout = 0.0
    /// The probability that a sample skips a branch.
    public var stochasticDepth = 0.0

    /// A block without dropout.
    public init(width: Int, heads: Int, hidden: Int) {
      self.width = width
      self.heads = heads
      self.hidden = hidden
    }
  }

  /// The shape of one sample of the output.
  public var outputShape: Shape { [options.width] }
  /// What is trained, in a fixed order.
  public var parameters: [Parameter] {
    norm1.parameters + queriesKeysValues.parameters + projection.parameters + norm2.parameters
      + expansion.parameters + contraction.parameters
  }
  /// The random streams that the layer draws from, by name.
  public var randomStreams: [RandomStream] { noise.isActive ? [stream] : [] }

  /// All that is kept lasts but the hidden layer, which `recover` makes anew.
  public let repeatsBackward = true

  let options: Options
  /// Whether an output of evaluation lies in memory of the block's own: layers that learn may come after
  /// one that does not move, and their way back writes to the shared memory.
  let holdsOutput: Bool
  let shared: BlockWorkspace
  let noise: BranchNoise
  let stream: RandomStream
  let norm1: NormRows
  let norm2: NormRows
  let queriesKeysValues: AffineMap
  let projection: AffineMap
  let expansion: AffineMap
  let contraction: AffineMap
  var rows: TokenRows { shared.rows }
  var isTanh: Int32 { options.gelu == .tanh ? 1 : 0 }

  var partEnded: ((String) -> Void)?

  // What a training pass keeps.
  var remembered: Tensor?
  var draws = (attention: BranchNoise.Draw(), mlp: BranchNoise.Draw(), hidden: UInt64(0))
  let attentionInput: RowStorage
  let attended: RowStorage
  let hidden: RowStorage
  /// `t`, which there is post-norm.
  let summed: RowStorage
  let output: RowStorage

  /// A block of a chain that shares `workspace`, drawing dropout from `generator`.
  ///
  /// - Parameter holdsOutput: whether its output in evaluation must outlive what later layers do.
  public init(
    _ options: Options, workspace: BlockWorkspace, generator: SeededGenerator,
    holdsOutput: Bool = false
  ) {
    let width = options.width
    precondition(workspace.options.width == width && workspace.options.heads == options.heads)
    precondition((0..<1).contains(options.dropout) && (0..<1).contains(options.stochasticDepth))
    self.options = options
    self.holdsOutput = holdsOutput
    shared = workspace
    stream = RandomStream("dropout", generator)
    noise = BranchNoise(
      dropout: Dropout(probability: options.dropout), stochasticDepth: options.stochasticDepth)
    norm1 = NormRows("norm1.", width: width, epsilon: options.epsilon)
    norm2 = NormRows("norm2.", width: width, epsilon: options.epsilon)
    queriesKeysValues = AffineMap(
      "attn.qkv", inputs: width, outputs: 3 * width, fanOut: width)
    projection = AffineMap("attn.proj", inputs: width, outputs: width)
    expansion = AffineMap("mlp.fc1", inputs: width, outputs: options.hidden)
    contraction = AffineMap("mlp.fc2", inputs: options.hidden, outputs: width)
    attentionInput = RowStorage([3 * width])
    attended = RowStorage([width])
    hidden = RowStorage([options.hidden])
    summed = RowStorage([width])
    output = RowStorage([width])
  }

  /// The output for a batch; see `Layer`.
  public func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.count == rows.rowCount && input.stride == options.width)
    switch mode {
    case .training:
      remembered = input
      return train(input)
    case .evaluation:
      remembered = nil
      return evaluate(input)
    }
  }

  /// Has the ends of the block's parts reported; see `Layer`.
  public func observeParts(_ partEnded: ((String) -> Void)?) { self.partEnded = partEnded }

  /// Takes the memory of training; see `Layer`.
  public func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    shared.reserve(count, isNoisy: noise.isActive)
    for storage in [attentionInput, attended, hidden, output] { _ = storage.rows(count) }
    if options.norm == .post { _ = summed.rows(count) }
    for norm in [norm1, norm2] { norm.reserve(rows: count) }
    return count
  }

  /// Takes the memory of evaluation; see `Layer`.
  public func reserve(evaluating count: Int) -> Int {
    let largest = shared.reserveEvaluation(count, holdsOutput: holdsOutput)
    for norm in [norm1, norm2] { norm.reserveStatistics(rows: largest) }
    if holdsOutput { _ = output.rows(count) }
    return count
  }
}
