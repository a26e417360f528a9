import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// The loss with class weights and label smoothing, which is PyTorch's.
@Suite struct ClassificationLossTests {
  private struct Golden: Decodable {
    let classes: Int
    let logits: [Float]
    let labels: [Int32]
    let weights: [Double]
    let smoothing: Double
    let mean: Double
    let rows: [Double]
    let gradient: [Float]

    var options: LossOptions { LossOptions(classWeights: weights, smoothing: smoothing) }

    static func read() throws -> [Golden] {
      let url = try #require(
        Bundle.module.url(forResource: "losses", withExtension: "json", subdirectory: "Golden"))
      return try JSONDecoder().decode([Golden].self, from: Data(contentsOf: url))
    }
  }

  @Test func `mean, samples and gradient are those of PyTorch`() throws {
    let cases = try Golden.read()
    #expect(cases.count == 7)
    for golden in cases {
      let logits = Tensor([golden.classes], golden.logits)
      let gradient = Tensor([golden.classes], capacity: logits.count)
      let found = ClassificationLoss(golden.options).evaluate(
        logits: logits, labels: Buffer(golden.labels), gradient: gradient)
      expectClose([found.mean], [golden.mean], relative: 1e-6, "mean")
      expectClose([found.sum], [golden.rows.reduce(0, +)], relative: 1e-6, "sum")
      expectClose(gradient.array, golden.gradient, relative: 1e-6, "gradient")
      // What decides by probabilities of its own goes by the same formula, in float64.
      var softmax = LogSoftmax(golden.classes)
      for (row, label) in golden.labels.enumerated() {
        softmax.take(logits.buffer(of: row))
        let loss = golden.options.loss(softmax.logarithms, label: Int(label))
        expectClose([loss], [golden.rows[row]], relative: 1e-9, "row \(row)")
        let derivatives = (0..<golden.classes).map {
          golden.options.derivative(softmax.probabilities, of: $0, label: Int(label))
            / found.weight
        }
        let places = row * golden.classes..<(row + 1) * golden.classes
        expectClose(
          derivatives.map(Float.init), Array(golden.gradient[places]), relative: 1e-6, "row \(row)")
      }
    }
  }

  @Test func `by hand, the weights of the labels divide the sum`() {
    // Equal logits: each sample's loss is log 2.
    let logits = Tensor([2], [0, 0, 0, 0, 0, 0])
    let labels = Buffer<Int32>([0, 1, 1])
    let gradient = Tensor([2], capacity: 3)
    let loss = ClassificationLoss(LossOptions(classWeights: [3, 0.5]))
    let found = loss.evaluate(logits: logits, labels: labels, gradient: gradient)
    #expect(found.weight == 4 && abs(found.sum - 4 * log(2)) < 1e-7)
    #expect(abs(found.mean - log(2)) < 1e-7 && abs(found.total - 3 * log(2)) < 1e-7)
    #expect(gradient.array == [-0.375, 0.375, 0.0625, -0.0625, 0.0625, -0.0625])
    // Smoothed by 0.2, the target of class 0 is 0.9 and 0.1.
    let smooth = ClassificationLoss(LossOptions(smoothing: 0.2)).evaluate(
      logits: Tensor([2], [0, 0]), labels: Buffer([0]), gradient: gradient)
    expectClose([smooth.mean], [log(2)], relative: 1e-7, "mean")
    expectClose(gradient.array, [-0.4, 0.4], relative: 1e-6, "gradient")
  }

  @Test func `the gradient is that of the mean, by central differences`() {
    let options = LossOptions(classWeights: [0.5, 2, 1.25, 4], smoothing: 0.3)
    let values: [Float] = [0.5, -1, 2, 0.25, 1.5, 0, -0.75, 1, -2, 0.5, 1, -1]
    let labels = Buffer<Int32>([1, 3, 0])
    func mean(_ values: [Float]) -> Double {
      ClassificationLoss(options).evaluate(logits: Tensor([4], values), labels: labels).mean
    }
    let gradient = Tensor([4], capacity: 3)
    _ = ClassificationLoss(options).evaluate(
      logits: Tensor([4], values), labels: labels, gradient: gradient)
    let step: Float = 1 / 64
    for place in values.indices {
      var (up, down) = (values, values)
      up[place] += step
      down[place] -= step
      let slope = (mean(up) - mean(down)) / Double(2 * step)
      #expect(abs(slope - Double(gradient.array[place])) < 2e-4, "at \(place)")
    }
  }

  @Test
  func `weights that are all 1 are none, bit for bit, and a power of 2 for all changes nothing`() {
    let values = (0..<40).map { Float($0 * 7 % 11) / 3 - 1 }
    let labels = Buffer((0..<4).map { Int32($0 * 3 % 10) })
    func found(_ options: LossOptions) -> ([Float], Double) {
      let gradient = Tensor([10], capacity: 4)
      let found = ClassificationLoss(options).evaluate(
        logits: Tensor([10], values), labels: labels, gradient: gradient)
      return (gradient.array, found.mean)
    }
    let plain = found(.plain)
    #expect(LossOptions(classWeights: [1, 1, 1]) == LossOptions())
    for weight in [1.0, 2, 0.25] {
      let options = LossOptions(classWeights: Array(repeating: weight, count: 10))
      #expect(options.isPlain == (weight == 1))
      #expect(found(options) == plain, "\(weight)")
    }
    let reference = SoftmaxCrossEntropy.evaluate(
      logits: Tensor([10], values), labels: labels, total: 4)
    #expect(plain.1 == reference.lossSum / 4)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func `logits that are not finite make the loss NaN`(value: Float) {
    for options in [LossOptions(classWeights: [1, 2]), LossOptions(smoothing: 0.1)] {
      let found = ClassificationLoss(options).evaluate(
        logits: Tensor([2], [0, 1, value, 0]), labels: Buffer([0, 1]))
      #expect(found.sum.isNaN && found.mean.isNaN)
    }
  }
}
