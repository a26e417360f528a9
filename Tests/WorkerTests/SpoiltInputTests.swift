import Datasets
import Exchange
import MLA
import Networks
import Tensors
import Testing

@testable import Worker

/// Inputs of noise and of zeros, and sums of features.
@Suite struct SpoiltInputTests {
  @Test func `noise has the mean and the deviation of each position`() {
    // 1, 3: mean 2, deviation 1. Always 5. 100 and -100: mean 0, deviation 100.
    let samples = Tensor([3], [1, 5, 100, 3, 5, -100])
    var noise = InputNoise(stride: 3, seed: 1, stream: "noise")
    noise.absorb(Tensor(rows: 0..<1, of: samples))
    noise.absorb(Tensor(rows: 1..<2, of: samples))
    let drawn = Tensor([3], capacity: 4000)
    for sample in 0..<4000 { noise.write(sample, to: drawn.buffer(of: sample)) }
    let columns = (0..<3).map { place in
      (0..<4000).map { Double(drawn.array[$0 * 3 + place]) }
    }
    #expect(columns[1].allSatisfy { $0 == 5 })
    for (column, expected) in zip([columns[0], columns[2]], [(2.0, 1.0), (0, 100)]) {
      let mean = column.reduce(0, +) / 4000
      let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000
      // Four standard errors of a mean of 4000 draws, and of their deviation.
      #expect(abs(mean - expected.0) < 4 * expected.1 / 4000.0.squareRoot())
      #expect(abs(variance.squareRoot() - expected.1) < 4 * expected.1 / 8000.0.squareRoot())
    }
    // Positions have nothing to do with each other, and a sample's input is its own.
    let product = zip(columns[0], columns[2]).reduce(0) { $0 + ($1.0 - 2) * $1.1 / 100 } / 4000
    #expect(abs(product) < 4 / 4000.0.squareRoot())
    let again = Tensor([3], capacity: 1)
    noise.write(17, to: again.held)
    #expect(again.array == drawn.buffer(of: 17).array)
  }

  @Test func `heads see noise and zeros through the encoder`() throws {
    let learner = try Learner(stream: "m").learner
    var generator = SeededGenerator(seed: 4, stream: "own")
    let heads = (0..<2).map { _ in
      Head(classCount: Learner.classes, featureCount: Learner.features, generator: &generator)
    }
    let samples = Samples(count: 23, width: 5, classes: 3, stream: "more")
    let rows = Array(3..<20)
    func noise() throws -> [EvaluatedLogits] {
      try learner.noiseLogits(
        like: rows, samples: rows.map { $0 + 100 }, of: samples, loaders: 0, heads: heads, seed: 1,
        stream: "noise")
    }
    let found = try noise()
    #expect(try noise().map(\.values) == found.map(\.values))
    #expect(found.map(\.featureNorms.count) == [17, 17] && found[0].values != found[1].values)
    // By hand: moments of all rows, one sample after the other through the encoder.
    var like = InputNoise(stride: 5, seed: 1, stream: "noise")
    let block = Tensor(samples.sampleShape, capacity: rows.count)
    for (place, row) in rows.enumerated() {
      block.buffer(of: place).withMutableSpan { samples.read(row, into: &$0) }
    }
    like.absorb(block)
    for (place, row) in rows.enumerated() {
      learner.input.count = 1
      like.write(row + 100, to: learner.input.held)
      for (head, found) in zip(heads, found) {
        head.logits(learner.network.evaluate(learner.input), into: learner.evaluationLogits)
        for label in 0..<Learner.classes {
          let expected = learner.evaluationLogits.array[label]
          #expect(abs(found.values[place * Learner.classes + label] - expected) <= 1e-5)
        }
      }
    }
    let blank = try learner.blankLogits(heads: heads)
    #expect(try blank[1].values == learner.zeroLogits(head: heads[1]))
    #expect(blank[0].values.count == Learner.classes && blank[0].featureNorms.count == 1)
    learner.input.count = 1
    learner.input.held.update(repeating: 0)
    heads[0].logits(learner.network.evaluate(learner.input), into: learner.evaluationLogits)
    #expect(blank[0].values == learner.evaluationLogits.array)
  }

  @Test func `features are added up over the samples that others have too, without their lengths`()
  {
    // Of modality 1: samples 0, 2, 3; modality 0 has 0 and 3, modality 2 none of them.
    let roster = Roster(
      sampleCount: 4, rows: [[0, 1, -1, 2], [0, -1, 1, 2], [-1, 0, -1, -1]])
    let sums = FeatureSums(roster, modality: 1, width: 2)
    // (3, 4)/5; (0, -2)/2; zeros.
    sums.add(Tensor([2], [3, 4, 0, -2]))
    sums.add(Tensor([2], [0, 0]))
    let found = sums.centres
    #expect(found.counts == [1, 2, 0] && found.leftOut == [1, 1, 0])
    #expect(found.sums == [0.6, 0.8, 0.6, 0.8 - 1, 0, 0])
    #expect(found.mean(beside: 0) == [0.6, 0.8] && found.mean(beside: 2) == nil)
    #expect(found.mean(beside: 1) == [0.3, (0.8 - 1) / 2])
  }
}
