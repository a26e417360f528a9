import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite struct HeadTests {
  private func head(_ classes: Int, _ features: Int, fanIn: Int? = nil) -> Head {
    var generator = SeededGenerator(seed: 5, stream: "head")
    return Head(
      classCount: classes, featureCount: features, initialFanIn: fanIn, generator: &generator)
  }

  @Test func `logits, gradients and feature gradient are those of the formulas`() {
    let head = head(2, 3)
    head.weight.value.update(from: [1, 2, 3, -1, 0, 1], count: 6)
    head.bias.value.update(from: [0.5, -0.5], count: 2)
    let features = Tensor([3], [1, 1, 1, 2, 0, -1])
    let logits = Tensor([2], capacity: 4)
    head.logits(features, into: logits)
    #expect(logits.array == [6.5, -0.5, -0.5, -3.5])
    let gradient = Tensor([2], [1, 2, 3, -1])
    head.gradient(logitGradient: gradient, features: features)
    let stored = head.store.gradients.array
    #expect(stored == [7, 1, -2, 0, 2, 3, 4, 1])
    let back = Tensor([3], capacity: 4)
    head.featureGradient(logitGradient: gradient, into: back)
    #expect(back.array == [-1, 2, 5, 4, 6, 8])
  }

  @Test func `weights start as Glorot and Bengio say, of the fan-in that is asked for`() {
    for fanIn in [nil, 400] {
      let head = head(50, 200, fanIn: fanIn)
      #expect(head.store.count == 50 * 201)
      let values = (0..<10_000).map { Double(head.store.values[$0]) }
      let variance = values.reduce(0) { $0 + $1 * $1 } / 10_000
      let expected = 2.0 / Double(50 + (fanIn ?? 200))
      #expect(abs(variance / expected - 1) < 0.06)
      #expect((10_000..<10_050).allSatisfy { head.store.values[$0] == 0 })
    }
  }
}

@Suite struct SoftmaxCrossEntropyTests {
  @Test func `loss and gradient are those of the definition in float64`() {
    var generator = SeededGenerator(seed: 1, stream: "logits")
    for (rows, classes) in [(1, 1), (3, 2), (2, 15), (4, 16), (5, 17), (2, 100), (1, 1_001)] {
      let values = (0..<rows * classes).map { _ in Float(20 * generator.normal()) }
      let labels = (0..<rows).map { _ in Int32(generator.integer(below: classes)) }
      let gradient = Tensor([classes], capacity: rows)
      let result = SoftmaxCrossEntropy.evaluate(
        logits: Tensor([classes], values), labels: Buffer(labels), total: rows + 2,
        gradient: gradient)
      var (expectedLoss, expectedGradient) = (0.0, [Double]())
      for row in 0..<rows {
        let z = values[row * classes..<(row + 1) * classes].map(Double.init)
        let top = z.max() ?? 0
        let exponentials = z.map { exponential($0 - top) }
        let sum = exponentials.reduce(0, +)
        expectedLoss += logarithm(sum) - (z[Int(labels[row])] - top)
        var softmax = exponentials.map { $0 / sum }
        softmax[Int(labels[row])] -= 1
        expectedGradient += softmax.map { $0 / Double(rows + 2) }
      }
      expectClose([result.lossSum], [expectedLoss], relative: 3e-7, "loss")
      expectClose(
        gradient.array.map(Double.init), expectedGradient, relative: 4e-7, "gradient")
    }
  }

  @Test func `small probabilities keep their relative precision`() {
    let logits = (0..<32).map { -Float($0) * 2.7 }
    let gradient = Tensor([32], capacity: 1)
    _ = SoftmaxCrossEntropy.evaluate(
      logits: Tensor([32], logits), labels: Buffer([0]), total: 1, gradient: gradient)
    let sum = logits.reduce(0) { $0 + exponential(Double($1)) }
    for index in 1..<32 {
      let expected = exponential(Double(logits[index])) / sum
      #expect(abs(Double(gradient.values[index]) / expected - 1) < 4e-7, "at \(logits[index])")
    }
  }

  @Test func `the first of equal logits is the prediction`() {
    let logits = Tensor([20], capacity: 1)
    for index in [7, 3, 18] { logits.values[index] = 2 }
    let right = SoftmaxCrossEntropy.evaluate(logits: logits, labels: Buffer([3]), total: 1)
    let wrong = SoftmaxCrossEntropy.evaluate(logits: logits, labels: Buffer([7]), total: 1)
    #expect(right.correct == 1 && wrong.correct == 0)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity], [0, 17])
  func `logits that are not finite make the loss NaN`(value: Float, place: Int) {
    let logits = Tensor([18], capacity: 2)
    logits.values[18 + place] = value
    let result = SoftmaxCrossEntropy.evaluate(
      logits: logits, labels: Buffer([1, 1]), total: 2, gradient: Tensor([18], capacity: 2))
    #expect(result.lossSum.isNaN)
  }

  @Test func `large logits neither overflow nor lose the loss`() {
    let logits = Tensor([3], [3e38, -3e38, 0])
    let gradient = Tensor([3], capacity: 1)
    let result = SoftmaxCrossEntropy.evaluate(
      logits: logits, labels: Buffer([0]), total: 1, gradient: gradient)
    #expect(result.lossSum == 0 && result.correct == 1 && gradient.array == [0, 0, 0])
  }
}

@Suite struct MeanFeatureTests {
  @Test func `the mean is summed in float64`() {
    // In float32 the ones would vanish beside 2^25.
    let features = Tensor([2], [0x1p25, 1, 1, 2, 1, 3, 1, -2])
    let mean = Buffer<Double>(2)
    MeanFeature.compute(features, into: mean)
    #expect(mean.array == [(0x1p25 + 3) / 4, 1])
    MeanFeature.compute(Tensor([2], capacity: 1, count: 0), into: mean)
    #expect(mean.array == [0, 0])
  }
}
