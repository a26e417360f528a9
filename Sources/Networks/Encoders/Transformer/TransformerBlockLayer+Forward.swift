import Tensors

extension TransformerBlockLayer {
  /// Keeps what the way back needs.
  func train(_ input: Tensor) -> Tensor {
    let count = input.count
    let x = input.held
    let narrow = shared.narrow.rows(count).held
    let branch = shared.branch.rows(count).held
    let sum = attended.rows(count).held
    let output = output.rows(count)
    switch options.norm {
    case .pre:
      norm1.forward(x, into: narrow, rows: count)
      partEnded?("norm1")
      let attentionBias = attend(narrow, into: branch)
      norm2.forward(x, plus: branch, attentionBias, sum: sum, into: narrow, rows: count)
      partEnded?("norm2")
      let mlpBias = think(narrow, into: branch)
      RowKernels.add(sum, branch, mlpBias, into: output.held, rows: count, columns: options.width)
      partEnded?("sum")
    case .post:
      let attentionBias = attend(x, into: branch)
      norm1.forward(x, plus: branch, attentionBias, sum: sum, into: narrow, rows: count)
      partEnded?("norm1")
      let mlpBias = think(narrow, into: branch)
      norm2.forward(
        narrow, plus: branch, mlpBias, sum: summed.rows(count).held, into: output.held, rows: count)
      partEnded?("norm2")
    }
    return output
  }

  /// Attention of `input`, which may be the shared narrow memory, without the bias that is returned.
  private func attend(_ input: Buffer<Float>, into branch: Buffer<Float>) -> Buffer<Float> {
    let count = rows.rowCount
    let narrow = shared.narrow.rows(count).held
    let attention = attentionInput.rows(count).held
    queriesKeysValues.multiply(input, into: attention, rows: count)
    RowKernels.addBias(
      attention, queriesKeysValues.bias.values, rows: count, columns: 3 * options.width)
    partEnded?("attn.qkv")
    shared.product.forward(attention, rows, samples: 0..<rows.sampleCount, into: narrow)
    partEnded?("attention")
    projection.multiply(narrow, into: branch, rows: count)
    draws.attention = noise.draw(from: stream)
    let bias = disturb(branch, projection.bias, draws.attention)
    partEnded?("attn.proj")
    return bias
  }

  /// The MLP of `input`, without the bias that is returned.
  private func think(_ input: Buffer<Float>, into branch: Buffer<Float>) -> Buffer<Float> {
    let count = rows.rowCount
    let wide = shared.wide.rows(count).held
    let hidden = hidden.rows(count).held
    expansion.multiply(input, into: hidden, rows: count)
    partEnded?("mlp.fc1")
    RowKernels.gelu(
      hidden, expansion.bias.values, into: wide, rows: count, columns: options.hidden,
      isTanh: isTanh)
    draws.hidden = noise.dropout.isActive ? stream.generator.next() : 0
    noise.dropout.apply(wide[0..<count * options.hidden], seed: draws.hidden)
    partEnded?("gelu")
    contraction.multiply(wide, into: branch, rows: count)
    draws.mlp = noise.draw(from: stream)
    let bias = disturb(branch, contraction.bias, draws.mlp)
    partEnded?("mlp.fc2")
    return bias
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
  func evaluate(_ input: Tensor) -> Tensor {
    let output = holdsOutput ? output.rows(input.count) : shared.evaluated(for: input)
    for samples in shared.chunks {
      let first = rows[samples.lowerBound].lowerBound
      let count = rows[samples.upperBound - 1].upperBound - first
      let places = first * options.width..<(first + count) * options.width
      evaluate(input.storage[places], samples, rows: count, into: output.storage[places])
    }
    return output
  }

  /// The output `y` of the rows `x` of some samples.
  private func evaluate(
    _ x: Buffer<Float>, _ samples: Range<Int>, rows count: Int, into y: Buffer<Float>
  ) {
    let width = options.width
    let narrow = shared.narrow.rows(count).held
    let branch = shared.branch.rows(count).held
    let wide = shared.wide.rows(count).held
    func attend(_ input: Buffer<Float>) {
      queriesKeysValues.multiply(input, into: wide, rows: count)
      RowKernels.addBias(wide, queriesKeysValues.bias.values, rows: count, columns: 3 * width)
      shared.product.forward(wide, rows, samples: samples, into: narrow)
      projection.multiply(narrow, into: branch, rows: count)
    }
    func think() {
      expansion.multiply(narrow, into: wide, rows: count)
      RowKernels.gelu(
        wide, expansion.bias.values, into: wide, rows: count, columns: options.hidden,
        isTanh: isTanh)
      contraction.multiply(wide, into: branch, rows: count)
    }
    let (attentionBias, mlpBias) = (projection.bias.values, contraction.bias.values)
    switch options.norm {
    case .pre:
      norm1.forward(x, into: narrow, rows: count)
      attend(narrow)
      norm2.forward(x, plus: branch, attentionBias, sum: y, into: narrow, rows: count)
      think()
      RowKernels.add(y, branch, mlpBias, into: y, rows: count, columns: width)
    case .post:
      attend(x)
      norm1.forward(x, plus: branch, attentionBias, sum: branch, into: narrow, rows: count)
      think()
      norm2.forward(narrow, plus: branch, mlpBias, sum: branch, into: y, rows: count)
    }
  }
}
