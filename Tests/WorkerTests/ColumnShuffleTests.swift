import Datasets
import Networks
import Tensors
import Testing

@testable import Worker

@Suite struct ColumnShuffleTests {
  @Test func `each position is permuted by itself`() throws {
    let block = Tensor([3], (0..<60).map(Float.init))
    var generator = SeededGenerator(seed: 1, stream: "shuffle")
    try ColumnShuffle.shuffle(block, &generator)
    let rows = (0..<20).map { block.buffer(of: $0).array }
    for position in 0..<3 {
      let column = rows.map { Int($0[position]) }
      #expect(column.sorted() == (0..<20).map { 3 * $0 + position })
      #expect(column != column.sorted())
    }
    // What belonged together does no longer, but for a few by chance.
    #expect(rows.count { Int($0[0]) / 3 == Int($0[1]) / 3 } < 6)
    let again = Tensor([3], (0..<60).map(Float.init))
    var same = SeededGenerator(seed: 1, stream: "shuffle")
    try ColumnShuffle.shuffle(again, &same)
    #expect(again.array == block.array)
  }

  @Test func `large samples are shuffled in blocks of about one size`() {
    let rows = Array(100..<403)
    #expect(ColumnShuffle.blocks(of: rows, stride: 200) == [rows])
    #expect(ColumnShuffle.blocks(of: [], stride: 200) == [])
    // 64 MiB are 111 pictures of 224 x 224 x 3.
    let blocks = ColumnShuffle.blocks(of: rows, stride: 224 * 224 * 3)
    #expect(blocks.map(\.count) == [101, 101, 101] && blocks.flatMap { $0 } == rows)
    #expect(ColumnShuffle.largestBlock(stride: 1 << 30) == 8)
  }

  @Test func `their logits are those of the shuffled inputs, whatever fits in a forward pass`()
    throws
  {
    let learner = try Learner(stream: "m").learner
    var generator = SeededGenerator(seed: 4, stream: "own")
    let head = Head(
      classCount: Learner.classes, featureCount: Learner.features, generator: &generator)
    let samples = Samples(count: 23, width: 5, classes: 3, stream: "more")
    let rows = Array(3..<20)
    func shuffled(_ seed: UInt64) throws -> [Float] {
      let found = try learner.shuffledLogits(
        of: rows, from: samples, loaders: 0, heads: [head],
        SeededGenerator(seed: seed, stream: "shuffle"))[0]
      #expect(found.featureNorms.count == rows.count)
      return found.values
    }
    let found = try shuffled(1)
    #expect(found.count == rows.count * Learner.classes)
    let block = Tensor(samples.sampleShape, capacity: rows.count)
    for (place, row) in rows.enumerated() {
      block.buffer(of: place).withMutableSpan { samples.read(row, into: &$0) }
    }
    var same = SeededGenerator(seed: 1, stream: "shuffle")
    try ColumnShuffle.shuffle(block, &same)
    for place in rows.indices {
      learner.input.count = 1
      learner.input.held.update(from: block.buffer(of: place))
      head.logits(learner.network.evaluate(learner.input), into: learner.evaluationLogits)
      for label in 0..<Learner.classes {
        let expected = learner.evaluationLogits.array[label]
        #expect(abs(found[place * Learner.classes + label] - expected) <= 1e-5)
      }
    }
    #expect(try shuffled(1) == found)
    #expect(try shuffled(2) != found)
  }
}
