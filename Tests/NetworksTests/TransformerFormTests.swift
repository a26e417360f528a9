import TestSupport
import Tensors
import Testing

@testable import Networks

/// What the layers of transformers do in the forms that others trained, by hand and by differences.
@Suite struct TransformerFormTests {
  @Test func `a norm adds its epsilon to the variance`() {
    // Mean 3, variance 4.
    let input = Tensor([2], [1, 5])
    for (epsilon, deviation) in [(5.0, 3.0), (12, 4), (1e-12, 2)] {
      let layer = LayerNormLayer(inputShape: [2], epsilon: epsilon)
      let bound = BoundLayer(layer)
      bound.store.values.update(from: [1, 1, 0, 0])
      let expected = [Float(-2 / deviation), Float(2 / deviation)]
      #expect(layer.forward(input, mode: .evaluation).array == expected)
    }
  }

  @Test(arguments: [([1], 4, 1), ([3, 1], 6, 3), ([0, 2, 5], 9, 3), ([17], 16, 2)])
  func `post-norm blocks pass central differences`(lengths: [Int], width: Int, heads: Int) {
    let rows = tokenRows(lengths)
    for (form, epsilon) in [(GELULayer.Form.erf, 1e-12), (.tanh, 1e-2)] {
      let layer = block(rows, width: width, heads: heads, hidden: 2 * width + 1) {
        ($0.norm, $0.gelu, $0.epsilon) = (.post, form, epsilon)
      }
      expectCentralDifferences(
        BoundLayer(layer), drawn([width], count: rows.rowCount), step: 3e-3, tolerance: 8e-3)
    }
  }

  @Test func `a post-norm block of nothing but norms normalises twice`() {
    let rows = tokenRows([1])
    let layer = block(rows, width: 2, heads: 1, hidden: 3) {
      ($0.norm, $0.epsilon) = (.post, 5)
    }
    let bound = BoundLayer(layer)
    bound.store.values.update(repeating: 0)
    // Norms of weight 1; attention and MLP give zeros.
    for norm in [layer.norm1, layer.norm2] { norm.weight.values.update(repeating: 1) }
    // Mean 3, variance 4: (x - 3) / 3 is +-2/3; then mean 0 and variance 4/9: divided by 7/3.
    let expected: [Float] = [-2 / 7, 2 / 7]
    let input = Tensor([2], [1, 5])
    for mode in [Mode.training, .evaluation] {
      expectClose(layer.forward(input, mode: mode).array, expected, relative: 1e-6)
    }
  }

  @Test func `means are taken with a class token or without it`() {
    let rows = tokenRows([3, 1])
    let input = Tensor([1], [1, 3, 5, 7])
    let gradient = Tensor([1], [6, 12])
    let without = TokenPoolingLayer(width: 1, kind: .mean, hasClassToken: true, rows: rows)
    #expect(without.forward(input, mode: .training).array == [4, 0])
    #expect(without.backward(gradient, wantsInputGradient: true)?.array == [0, 3, 3, 0])
    let with = TokenPoolingLayer(width: 1, kind: .meanAll, hasClassToken: true, rows: rows)
    #expect(with.forward(input, mode: .training).array == [3, 7])
    #expect(with.backward(gradient, wantsInputGradient: true)?.array == [2, 2, 2, 12])
  }

  @Test func `a class token may have a position, the first`() {
    let rows = TokenRows(capacity: 2)
    let text = TokenEmbeddingLayer(
      length: 2, vocabulary: 3, width: 1, positions: .learned, maximumPositions: 4,
      hasClassToken: true, classPosition: true, rows: rows)
    let bound = BoundLayer(text)
    // Tokens 0 to 2, the class's and four places' vectors, the class token.
    bound.store.values.update(from: [10, 20, 30, 1, 2, 3, 4, 5, 100])
    let output = text.forward(Tensor([2], [2, 0, 1, 1]), mode: .training).array
    #expect(output == [101, 32, 101, 22, 23])
    _ = text.backward(Tensor([1], [1, 2, 4, 8, 16]), wantsInputGradient: false)
    #expect(bound.store.gradients.array == [0, 24, 2, 5, 10, 16, 0, 0, 5])

    let picture = PatchEmbeddingLayer(
      inputShape: [1, 2, 1], patchHeight: 1, patchWidth: 1, width: 1, positions: .learned,
      hasClassToken: true, classPosition: true, rows: rows)
    let patches = BoundLayer(picture)
    // Weight, bias; the class's and two places' vectors; the class token.
    patches.store.values.update(from: [10, 1, 2, 3, 4, 100])
    let mapped = picture.forward(Tensor([1, 2, 1], [1, 2]), mode: .training).array
    #expect(mapped == [102, 14, 25])
    _ = picture.backward(Tensor([1], [1, 2, 4]), wantsInputGradient: false)
    #expect(patches.store.gradients.array == [10, 6, 1, 2, 4, 1])
  }
}
