import Tensors

extension TransformerBlockLayer {
  /// The gradients with respect to the parameters and, where it is wanted, to the input; see
  /// `Layer`.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    guard let input = remembered else { preconditionFailure("backward before training forward") }
    precondition(outputGradient.count == input.count)
    let count = input.count
    let gradient = shared.gradient(notAt: outputGradient, rows: count)
    let (x, sum) = (input.held, attended.tensor.held)
    switch options.norm {
    case .pre:
      let branch = shared.branch.rows(count).held
      backwardThroughMLP(outputGradient.held, input: (norm2, sum), into: branch, adds: false)
      norm2.backward(sum, branch, residual: outputGradient.held, into: gradient.held, rows: count)
      partEnded?("norm2")
      let passed = shared.passed.rows(count).held
      backwardThroughAttention(gradient.held, x, norm: norm1, into: passed, adds: false)
      norm1.backward(x, passed, residual: gradient.held, into: gradient.held, rows: count)
      partEnded?("norm1")
    case .post:
      norm2.backward(
        summed.tensor.held, outputGradient.held, residual: nil, into: gradient.held, rows: count)
      partEnded?("norm2")
      backwardThroughMLP(gradient.held, input: (norm1, sum), into: gradient.held, adds: true)
      norm1.backward(sum, gradient.held, residual: nil, into: gradient.held, rows: count)
      partEnded?("norm1")
      backwardThroughAttention(gradient.held, x, norm: nil, into: gradient.held, adds: true)
    }
    return wantsInputGradient ? gradient : nil
  }

  /// The hidden layer before GELU, whose place its activations have taken.
  public func recover() {
    guard remembered != nil else { return }
    let count = rows.rowCount
    let narrow = shared.narrow.rows(count).held
    (options.norm == .pre ? norm2 : norm1).again(
      attended.tensor.held, into: narrow, rows: count)
    expansion.multiply(narrow, into: hidden.tensor.held, rows: count)
  }

  /// From the gradient with respect to what the MLP was added to, to that with respect to the MLP's
  /// input, a norm of kept rows; `inputGradient` may be `sumGradient`, to which it is added then.
  private func backwardThroughMLP(
    _ sumGradient: Buffer<Float>, input: (norm: NormRows, of: Buffer<Float>),
    into inputGradient: Buffer<Float>, adds: Bool
  ) {
    let count = rows.rowCount
    let hidden = hidden.tensor.held
    let narrow = shared.narrow.rows(count).held
    let wide = shared.wide.rows(count).held

    let branchGradient = undisturbed(sumGradient, draws.mlp)
    contraction.inputGradient(branchGradient, into: wide, rows: count)
    partEnded?("mlp.fc2")
    noise.dropout.apply(wide[0..<count * options.hidden], seed: draws.hidden)
    // The hidden layer's activations take the place of what they are made from.
    RowKernels.geluGradient(
      hidden, expansion.bias.values, wide, output: hidden, biasGradient: expansion.bias.gradients,
      rows: count, columns: options.hidden, isTanh: isTanh)
    noise.dropout.apply(hidden, seed: draws.hidden)
    partEnded?("gelu")
    contraction.gradients(branchGradient, hidden, rows: count)
    partEnded?("mlp.fc2")
    input.norm.again(input.of, into: narrow, rows: count)
    partEnded?(options.norm == .pre ? "norm2" : "norm1")
    expansion.gradients(wide, narrow, rows: count, withBias: false)
    expansion.inputGradient(wide, into: inputGradient, rows: count, adds: adds)
    partEnded?("mlp.fc1")
  }

  /// From the gradient with respect to s to that with respect to attention's input, which is x or its
  /// norm; `inputGradient` may be `sumGradient`, to which it is added then.
  private func backwardThroughAttention(
    _ sumGradient: Buffer<Float>, _ x: Buffer<Float>, norm: NormRows?,
    into inputGradient: Buffer<Float>, adds: Bool
  ) {
    let count = rows.rowCount
    let attention = attentionInput.tensor.held
    let narrow = shared.narrow.rows(count).held
    let wide = shared.wide.rows(count).held
    let passed = shared.passed.rows(count).held

    let branchGradient = undisturbed(sumGradient, draws.attention)
    projection.inputGradient(branchGradient, into: passed, rows: count)
    partEnded?("attn.proj")
    shared.product.backward(attention, outputGradient: passed, rows, into: wide, output: narrow)
    partEnded?("attention")
    projection.gradients(branchGradient, narrow, rows: count)
    partEnded?("attn.proj")
    if let norm {
      norm.again(x, into: narrow, rows: count)
      partEnded?("norm1")
    }
    queriesKeysValues.gradients(wide, norm == nil ? x : narrow, rows: count)
    queriesKeysValues.inputGradient(wide, into: inputGradient, rows: count, adds: adds)
    partEnded?("attn.qkv")
  }

  /// The gradient with respect to a branch, given that with respect to its sum with the residual.
  private func undisturbed(_ gradient: Buffer<Float>, _ draw: BranchNoise.Draw) -> Buffer<Float> {
    guard noise.isActive else { return gradient }
    let copy = shared.noisy.rows(rows.rowCount).held
    Elementwise.copy(gradient, to: copy)
    noise.apply(draw, to: copy, rows, width: options.width)
    return copy
  }
}
