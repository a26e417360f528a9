import Tensors

/// A pre-norm block of a transformer: with `a` attention and `m` an MLP of one hidden layer,
/// `s = x + a(norm1(x))`, `y = s + m(norm2(s))` (Vaswani et al., 2017; norms as Xiong et al., 2020).
///
/// Rows `[width]` to rows `[width]`. Parameters are named as the reference vision transformers name
/// them: `norm1`, `attn.qkv`, `attn.proj`, `norm2`, `mlp.fc1`, `mlp.fc2`. Of a training pass the
/// block keeps x, s, queries, keys and values, and the hidden layer before GELU: norms, attention
/// and GELU are computed again on the way back, which costs less than to store them.
public final class TransformerBlockLayer: Layer {
  /// The sizes and options of a block.
  public struct Options: Sendable, Equatable {
    /// The width of a token.
    public var width: Int
    /// The number of attention heads; divides the width.
    public var heads: Int
    /// The width of the MLP's hidden layer.
    public var hidden: Int
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

  let options: Options
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
  let output: RowStorage

  /// A block of a chain that shares `workspace`, drawing dropout from `generator`.
  public init(_ options: Options, workspace: BlockWorkspace, generator: SeededGenerator) {
    let width = options.width
    precondition(workspace.options.width == width && workspace.options.heads == options.heads)
    precondition((0..<1).contains(options.dropout) && (0..<1).contains(options.stochasticDepth))
    self.options = options
    shared = workspace
    stream = RandomStream("dropout", generator)
    noise = BranchNoise(
      dropout: Dropout(probability: options.dropout), stochasticDepth: options.stochasticDepth)
    norm1 = NormRows("norm1.", width: width)
    norm2 = NormRows("norm2.", width: width)
    queriesKeysValues = AffineMap(
      "attn.qkv", inputs: width, outputs: 3 * width, fanOut: width)
    projection = AffineMap("attn.proj", inputs: width, outputs: width)
    expansion = AffineMap("mlp.fc1", inputs: width, outputs: options.hidden)
    contraction = AffineMap("mlp.fc2", inputs: options.hidden, outputs: width)
    attentionInput = RowStorage([3 * width])
    attended = RowStorage([width])
    hidden = RowStorage([options.hidden])
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

  private func train(_ input: Tensor) -> Tensor {
    let count = input.count
    let narrow = shared.narrow.rows(count).held
    let branch = shared.branch.rows(count).held
    let wide = shared.wide.rows(count).held
    let sum = attended.rows(count).held
    let attention = attentionInput.rows(count).held
    let hidden = hidden.rows(count).held
    let output = output.rows(count)

    norm1.forward(input.held, into: narrow, rows: count)
    partEnded?("norm1")
    queriesKeysValues.multiply(narrow, into: attention, rows: count)
    RowKernels.addBias(
      attention, queriesKeysValues.bias.values, rows: count, columns: 3 * options.width)
    partEnded?("attn.qkv")
    shared.product.forward(attention, rows, samples: 0..<rows.sampleCount, into: narrow)
    partEnded?("attention")
    projection.multiply(narrow, into: branch, rows: count)
    draws.attention = noise.draw(from: stream)
    let attentionBias = disturb(branch, projection.bias, draws.attention)
    partEnded?("attn.proj")
    norm2.forward(input.held, plus: branch, attentionBias, sum: sum, into: narrow, rows: count)
    partEnded?("norm2")
    expansion.multiply(narrow, into: hidden, rows: count)
    partEnded?("mlp.fc1")
    RowKernels.gelu(
      hidden, expansion.bias.values, into: wide, rows: count, columns: options.hidden,
      isTanh: isTanh)
    draws.hidden = noise.dropout.isActive ? stream.generator.next() : 0
    noise.dropout.apply(wide[0..<count * options.hidden], seed: draws.hidden)
    partEnded?("gelu")
    contraction.multiply(wide, into: branch, rows: count)
    draws.mlp = noise.draw(from: stream)
    let mlpBias = disturb(branch, contraction.bias, draws.mlp)
    partEnded?("mlp.fc2")
    RowKernels.add(sum, branch, mlpBias, into: output.held, rows: count, columns: options.width)
    partEnded?("sum")
    return output
  }

  /// The bias that is still to be added to a branch: with noise it comes before the noise.
  private func disturb(
    _ branch: Buffer<Float>, _ bias: Parameter, _ draw: BranchNoise.Draw
  ) -> Buffer<Float> {
    guard noise.isActive else { return bias.values }
    RowKernels.addBias(branch, bias.values, rows: rows.rowCount, columns: options.width)
    noise.apply(draw, to: branch, rows, width: options.width)
    return shared.zeros.held
  }

  /// Keeps nothing, and takes some samples at a time, so that large batches need little memory.
  private func evaluate(_ input: Tensor) -> Tensor {
    let output = shared.evaluated(for: input)
    let width = options.width
    for samples in shared.chunks {
      let first = rows[samples.lowerBound].lowerBound
      let count = rows[samples.upperBound - 1].upperBound - first
      let narrow = shared.narrow.rows(count).held
      let branch = shared.branch.rows(count).held
      let wide = shared.wide.rows(count).held
      let places = first * width..<(first + count) * width
      let (x, sum) = (input.storage[places], output.storage[places])
      norm1.forward(x, into: narrow, rows: count)
      queriesKeysValues.multiply(narrow, into: wide, rows: count)
      RowKernels.addBias(wide, queriesKeysValues.bias.values, rows: count, columns: 3 * width)
      shared.product.forward(wide, rows, samples: samples, into: narrow)
      projection.multiply(narrow, into: branch, rows: count)
      norm2.forward(x, plus: branch, projection.bias.values, sum: sum, into: narrow, rows: count)
      expansion.multiply(narrow, into: wide, rows: count)
      RowKernels.gelu(
        wide, expansion.bias.values, into: wide, rows: count, columns: options.hidden,
        isTanh: isTanh)
      contraction.multiply(wide, into: branch, rows: count)
      RowKernels.add(sum, branch, contraction.bias.values, into: sum, rows: count, columns: width)
    }
    return output
  }

  /// Takes the memory of training; see `Layer`.
  public func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    shared.reserve(count, isNoisy: noise.isActive)
    for storage in [attentionInput, attended, hidden, output] { _ = storage.rows(count) }
    for norm in [norm1, norm2] { norm.reserve(rows: count) }
    return count
  }
}
