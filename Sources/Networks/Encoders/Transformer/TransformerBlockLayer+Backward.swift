import Tensors

extension TransformerBlockLayer {
  /// The gradients with respect to the parameters and, where it is wanted, to the input; see
  /// `Layer`.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    guard let input = remembered else { preconditionFailure("backward before training forward") }
    precondition(outputGradient.count == input.count)
    let gradient = shared.gradient(notAt: outputGradient, rows: input.count)
    backwardThroughMLP(outputGradient, into: gradient.held)
    backwardThroughAttention(input, gradient.held)
    return gradient
  }

  /// From the gradient with respect to y to that with respect to s.
  private func backwardThroughMLP(_ outputGradient: Tensor, into gradient: Buffer<Float>) {
    let count = outputGradient.count
    let sum = attended.tensor.held
    let hidden = hidden.tensor.held
    let narrow = shared.narrow.rows(count).held
    let branch = shared.branch.rows(count).held
    let wide = shared.wide.rows(count).held

    let branchGradient = undisturbed(outputGradient.held, draws.mlp)
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
    norm2.again(sum, into: narrow, rows: count)
    partEnded?("norm2")
    expansion.gradients(wide, narrow, rows: count, withBias: false)
    expansion.inputGradient(wide, into: branch, rows: count)
    partEnded?("mlp.fc1")
    norm2.backward(sum, branch, residual: outputGradient.held, into: gradient, rows: count)
    partEnded?("norm2")
  }

  /// From the gradient with respect to s, in place, to that with respect to x.
  private func backwardThroughAttention(_ input: Tensor, _ gradient: Buffer<Float>) {
    let count = input.count
    let attention = attentionInput.tensor.held
    let narrow = shared.narrow.rows(count).held
    let wide = shared.wide.rows(count).held
    let passed = shared.passed.rows(count).held

    let branchGradient = undisturbed(gradient, draws.attention)
    projection.inputGradient(branchGradient, into: passed, rows: count)
    partEnded?("attn.proj")
    shared.product.backward(attention, outputGradient: passed, rows, into: wide, output: narrow)
    partEnded?("attention")
    projection.gradients(branchGradient, narrow, rows: count)
    partEnded?("attn.proj")
    norm1.again(input.held, into: narrow, rows: count)
    partEnded?("norm1")
    queriesKeysValues.gradients(wide, narrow, rows: count)
    queriesKeysValues.inputGradient(wide, into: passed, rows: count)
    partEnded?("attn.qkv")
    norm1.backward(input.held, passed, residual: gradient, into: gradient, rows: count)
    partEnded?("norm1")
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
