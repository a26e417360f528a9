import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite struct TransformerLayerTests {
  @Test(arguments: [1, 3, 7, 16, 33, 100])
  func `layer norm passes central differences`(width: Int) {
    let layer = LayerNormLayer(inputShape: [width])
    expectCentralDifferences(BoundLayer(layer), drawn([width], count: 5), step: 3e-3)
    let image = LayerNormLayer(inputShape: [3, width])
    expectCentralDifferences(BoundLayer(image), drawn([3, width], count: 2), step: 3e-3)
    for epsilon in [1e-12, 0.5] {
      let layer = LayerNormLayer(inputShape: [width], epsilon: epsilon)
      // One number has no variance, and without epsilon no gradient that a step could show.
      guard width > 1 || epsilon > 0.1 else { continue }
      expectCentralDifferences(BoundLayer(layer), drawn([width], count: 5), step: 1e-3)
    }
  }

  @Test func `a constant row is normalised to the bias, with finite gradients`() {
    let layer = LayerNormLayer(inputShape: [20])
    let bound = BoundLayer(layer)
    let input = Tensor([20], [Float](repeating: 4, count: 20))
    let output = layer.forward(input, mode: .training).array
    #expect(output == (0..<20).map { layer.bias.value[$0] })
    let back = layer.backward(drawn([20], count: 1, seed: 3), wantsInputGradient: true)
    #expect(back?.array.allSatisfy(\.isFinite) == true)
    #expect((0..<bound.store.count).allSatisfy { bound.store.gradients[$0].isFinite })
  }

  @Test(arguments: GELULayer.Form.allCases)
  func `GELU passes central differences and keeps the far tails`(form: GELULayer.Form) {
    for width in [1, 15, 16, 50] {
      let layer = GELULayer(inputShape: [width], form: form)
      expectCentralDifferences(BoundLayer(layer), drawn([width], count: 3))
    }
    let layer = GELULayer(inputShape: [5], form: form)
    let output = layer.forward(
      Tensor([5], [-40, 0, 40, .nan, .infinity]), mode: .evaluation
    ).array
    #expect(abs(output[0]) == 0 && output[1] == 0 && output[2] == 40)
    #expect(output[3].isNaN && output[4] == .infinity)
  }

  @Test(arguments: [
    ([1], 4, 1), ([3, 1, 5], 6, 3), ([0, 2], 8, 2), ([17, 16], 10, 5), ([300], 2, 1),
  ])
  func `attention passes central differences`(lengths: [Int], width: Int, heads: Int) {
    let rows = tokenRows(lengths)
    let layer = AttentionLayer(width: width, heads: heads, rows: rows)
    expectCentralDifferences(BoundLayer(layer), drawn([3 * width], count: rows.rowCount))
  }

  @Test(arguments: [([1], 4, 1), ([3, 1], 6, 3), ([0, 2, 5], 9, 3), ([17], 16, 2)])
  func `blocks pass central differences`(lengths: [Int], width: Int, heads: Int) {
    let rows = tokenRows(lengths)
    for form in GELULayer.Form.allCases {
      let layer = block(rows, width: width, heads: heads, hidden: 2 * width + 1) {
        $0.gelu = form
      }
      expectCentralDifferences(
        BoundLayer(layer), drawn([width], count: rows.rowCount), step: 3e-3, tolerance: 8e-3)
    }
  }

  @Test func `tokens see their own sample only`() {
    let (together, first, second) = (tokenRows([4, 3]), tokenRows([4]), tokenRows([3]))
    func output(_ rows: TokenRows, _ values: [Float]) -> [Float] {
      let layer = block(rows, width: 6, heads: 2, hidden: 8)
      let bound = BoundLayer(layer)
      return bound.layer.forward(Tensor([6], values), mode: .training).array
    }
    let values = drawn([6], count: 7).array
    let parts = output(first, Array(values[..<24])) + output(second, Array(values[24...]))
    expectClose(output(together, values), parts, relative: 1e-6)
  }

  @Test func `rows of NaN stay rows of NaN, and reach nobody else`() {
    let rows = tokenRows([2, 3])
    let layer = block(rows, width: 6, heads: 2, hidden: 8)
    let bound = BoundLayer(layer)
    let input = drawn([6], count: 5)
    input.values[0] = .nan
    let output = bound.layer.forward(input, mode: .training).array
    #expect(output[..<12].allSatisfy(\.isNaN) && output[12...].allSatisfy(\.isFinite))
  }

  @Test func `a block repeats bit for bit, also with dropout from the same place`() {
    let rows = tokenRows([2, 1])
    expectRepeatable(
      BoundLayer(AttentionLayer(width: 6, heads: 2, rows: rows)), rows: rows, shape: [18])
    let layer = block(rows, width: 6, heads: 2, hidden: 8) {
      ($0.dropout, $0.stochasticDepth) = (0.3, 0.4)
    }
    let bound = BoundLayer(layer)
    let stream = layer.randomStreams[0]
    let start = stream.generator
    let input = drawn([6], count: 3)
    func run() -> [Float] {
      let output = layer.forward(input, mode: .training).array
      let back = layer.backward(drawn([6], count: 3, seed: 3), wantsInputGradient: true)
      let gradients = bound.store.gradients.array
      return output + (back?.array ?? []) + Array(gradients)
    }
    let first = run()
    let second = run()
    #expect(first != second)
    stream.generator = start
    #expect(run() == first)
    #expect(run() == second)
  }

  /// `expectRepeatable` with batches that `rows` describes.
  private func expectRepeatable(_ bound: BoundLayer, rows: TokenRows, shape: Shape) {
    let input = drawn(shape, count: rows.rowCount)
    let gradient = drawn(bound.layer.outputShape, count: rows.rowCount, seed: 3)
    func run() -> [UInt32] {
      let output = bound.layer.forward(input, mode: .training).array
      let back = bound.layer.backward(gradient, wantsInputGradient: true)?.array ?? []
      return (output + back).map(\.bitPattern)
    }
    let first = run()
    #expect(run() == first)
  }

  @Test(arguments: TransformerOptions.NormPlacement.allCases)
  func `a block with dropout passes central differences, its draws held`(
    norm: TransformerOptions.NormPlacement
  ) {
    let rows = tokenRows([3, 2])
    let layer = block(rows, width: 6, heads: 2, hidden: 9) {
      ($0.dropout, $0.stochasticDepth, $0.norm) = (0.3, 0.3, norm)
    }
    final class Held: Layer {
      let block: TransformerBlockLayer
      let start: SeededGenerator
      init(_ block: TransformerBlockLayer) {
        self.block = block
        start = block.stream.generator
      }
      var outputShape: Shape { block.outputShape }
      var parameters: [Parameter] { block.parameters }
      func forward(_ input: Tensor, mode: Mode) -> Tensor {
        block.stream.generator = start
        return block.forward(input, mode: mode)
      }
      func backward(_ gradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
        block.backward(gradient, wantsInputGradient: wantsInputGradient)
      }
    }
    expectCentralDifferences(
      BoundLayer(Held(layer)), drawn([6], count: 5), step: 3e-3, tolerance: 8e-3)
  }

  @Test func `dropout keeps the mean, drops its share, and not in evaluation`() {
    let layer = DropoutLayer(
      inputShape: [1_000], probability: 0.25,
      generator: SeededGenerator(seed: 1, stream: "dropout"))
    let ones = Tensor([1_000], [Float](repeating: 1, count: 100_000))
    #expect(layer.forward(ones, mode: .evaluation).array == ones.array)
    let output = layer.forward(ones, mode: .training).array
    let dropped = output.count { $0 == 0 }
    #expect(abs(dropped - 25_000) < 700)
    #expect(Set(output) == [0, Float(1 / 0.75)])
    let back = layer.backward(ones, wantsInputGradient: true)
    #expect(back?.array == output)
    #expect(layer.forward(ones, mode: .training).array != output)
  }

  @Test func `pooling takes the mean or the first row, and zeros where there is none`() {
    let rows = tokenRows([2, 0, 1])
    let input = Tensor([2], [1, 2, 3, 4, 5, 6])
    let mean = TokenPoolingLayer(width: 2, kind: .mean, rows: rows)
    #expect(mean.forward(input, mode: .training).array == [2, 3, 0, 0, 5, 6])
    let gradient = Tensor([2], [2, 4, 100, 100, 6, 8])
    #expect(mean.backward(gradient, wantsInputGradient: true)?.array == [1, 2, 1, 2, 6, 8])
    let first = TokenPoolingLayer(width: 2, kind: .classToken, rows: rows)
    #expect(first.forward(input, mode: .training).array == [1, 2, 0, 0, 5, 6])
    #expect(first.backward(gradient, wantsInputGradient: true)?.array == [2, 4, 0, 0, 6, 8])
  }

  @Test func `tokens become rows without padding, and what is no token becomes NaN`() throws {
    let rows = TokenRows(capacity: 3)
    let layer = TokenEmbeddingLayer(
      length: 3, vocabulary: 5, width: 2, positions: .learned, hasClassToken: false, rows: rows)
    let bound = BoundLayer(layer)
    let input = Tensor([3], [4, 0, 1, 0, 0, 0, 2, 2, 0])
    let output = layer.forward(input, mode: .training).array
    #expect((0..<3).map { rows[$0] } == [0..<2, 2..<2, 2..<4])
    let (tokens, places) = (layer.tokens.value, try #require(layer.parameters.last).value)
    func sum(_ token: Int, _ place: Int) -> [Float] {
      (0..<2).map { tokens[token * 2 + $0] + places[place * 2 + $0] }
    }
    #expect(output == sum(4, 0) + sum(1, 2) + sum(2, 0) + sum(2, 1))
    for index in 0..<bound.store.count { bound.store.gradients[index] = .nan }
    let gradient = Tensor([2], [1, 2, 3, 4, 5, 6, 7, 8])
    let back = layer.backward(gradient, wantsInputGradient: true)
    #expect(back?.array == [Float](repeating: 0, count: 9))
    let gradients = (0..<bound.store.count).map { bound.store.gradients[$0] }
    #expect(gradients == [0, 0, 3, 4, 12, 14, 0, 0, 1, 2, 6, 8, 7, 8, 3, 4])
    for wrong: Float in [5, -1, 1.5, .nan, .infinity, 1e30] {
      let output = layer.forward(Tensor([3], [wrong, 1, 0]), mode: .evaluation).array
      #expect(output[..<2].allSatisfy(\.isNaN) && output[2...] == sum(1, 1)[...])
    }
  }

  @Test func `fixed positions are sines and cosines of both axes`() {
    let text = Positions(.fixed, rows: 1, columns: 3, width: 4)
    let vector = text.vectors[8..<12]
    let angles: [Double] = [2, 2 / 100]
    expectClose(
      (0..<4).map { Double(vector[$0]) },
      angles.map { sine($0) } + angles.map { sine($0 + .pi / 2) }, relative: 1e-6)
    let image = Positions(.fixed, rows: 2, columns: 3, width: 9)
    let place = image.vectors[45..<54]
    // Row 1, column 2; the ninth number is left over.
    let rows = [1, 1 / 100.0].map { sine($0) } + [1, 1 / 100.0].map { sine($0 + .pi / 2) }
    let columns = angles.map { sine($0) } + angles.map { sine($0 + .pi / 2) }
    expectClose((0..<9).map { Double(place[$0]) }, rows + columns + [0], relative: 1e-6)
    // M3AE's table: the column's code of half the width, then the row's; also for a single row.
    let columnsFirst = Positions(.fixedColumnsFirst, rows: 2, columns: 3, width: 8)
    expectClose(
      (40..<48).map { Double(columnsFirst.vectors[$0]) }, columns + rows, relative: 1e-6)
    let row = Positions(.fixedColumnsFirst, rows: 1, columns: 3, width: 8)
    expectClose((16..<24).map { Double(row.vectors[$0]) }, columns + [0, 0, 1, 1], relative: 1e-6)
  }
}
