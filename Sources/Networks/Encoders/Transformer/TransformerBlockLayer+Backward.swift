import Tensors

extension TransformerBlockLayer {
  /// The gradients by the parameters and, where it is wanted, by the input; see `Layer`.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    guard let input = remembered else { preconditionFailure("backward before training forward") }
    precondition(outputGradient.count == input.count)
    let gradient = shared.gradient(notAt: outputGradient, rows: input.count)
    backwardThroughMLP(outputGradient, into: gradient.values)
    backwardThroughAttention(input, gradient.values)
    return gradient
  }

  /// From the gradient by y to that by s.
  private func backwardThroughMLP(
    _ outputGradient: Tensor, into gradient: UnsafeMutablePointer<Float>
  ) {
    let count = outputGradient.count
    let sum = attended.tensor.values
    let hidden = hidden.tensor.values
    let narrow = shared.narrow.rows(count).values
    let branch = shared.branch.rows(count).values
    let wide = shared.wide.rows(count).values

    let branchGradient = undisturbed(outputGradient.values, draws.mlp)
    contraction.inputGradient(branchGradient, into: wide, rows: count)
    partEnded?("mlp.fc2")
    noise.dropout.apply(wide, count: count * options.hidden, seed: draws.hidden)
    // The hidden layer's activations take the place of what they are made from.
    RowKernels.geluGradient(
      hidden, expansion.bias.value, wide, output: hidden, biasGradient: expansion.bias.gradient,
      rows: count, columns: options.hidden, isTanh: isTanh)
    noise.dropout.apply(hidden, count: count * options.hidden, seed: draws.hidden)
    partEnded?("gelu")
    contraction.gradients(branchGradient, hidden, rows: count)
    partEnded?("mlp.fc2")
    norm2.again(sum, into: narrow, rows: count)
    partEnded?("norm2")
    expansion.gradients(wide, narrow, rows: count, withBias: false)
    expansion.inputGradient(wide, into: branch, rows: count)
    partEnded?("mlp.fc1")
    norm2.backward(
      sum, branch, residual: outputGradient.values, into: gradient, rows: count)
    partEnded?("norm2")
  }

  /// From the gradient by s, in place, to that by x.
  private func backwardThroughAttention(
    _ input: Tensor, _ gradient: UnsafeMutablePointer<Float>
  ) {
    let count = input.count
    let attention = attentionInput.tensor.values
    let narrow = shared.narrow.rows(count).values
    let wide = shared.wide.rows(count).values
    let passed = shared.passed.rows(count).values

    let branchGradient = undisturbed(gradient, draws.attention)
    projection.inputGradient(branchGradient, into: passed, rows: count)
    partEnded?("attn.proj")
    shared.product.backward(
      attention, outputGradient: passed, rows, into: wide, output: narrow)
    partEnded?("attention")
    projection.gradients(branchGradient, narrow, rows: count)
    partEnded?("attn.proj")
    norm1.again(input.values, into: narrow, rows: count)
    partEnded?("norm1")
    queriesKeysValues.gradients(wide, narrow, rows: count)
    queriesKeysValues.inputGradient(wide, into: passed, rows: count)
    partEnded?("attn.qkv")
    norm1.backward(
      input.values, passed, residual: gradient, into: gradient, rows: count)
    partEnded?("norm1")
  }

  /// The gradient by a branch, given that by its sum with the residual.
  private func undisturbed(
    _ gradient: UnsafeMutablePointer<Float>, _ draw: BranchNoise.Draw
  ) -> UnsafePointer<Float> {
    guard noise.isActive else { return UnsafePointer(gradient) }
    let count = rows.rowCount
    let copy = shared.noisy.rows(count).values
    Elementwise.copy(gradient, to: copy, count: count * options.width)
    noise.apply(draw, to: copy, rows, width: options.width)
    return UnsafePointer(copy)
  }
}
