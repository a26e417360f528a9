import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite struct SGDTests {
  private let start: [Float] = (0..<37).map { Float($0) / 8 - 2 }
  private let gradient: [Float] = (0..<37).map { Float($0 % 5) - 2 }

  @Test func `the first velocity is the decayed gradient`() {
    let sgd = SGD(count: 37)
    let values = Buffer(start)
    sgd.step(values, along: Buffer(gradient), learningRate: 0.5, momentum: 0.9, weightDecay: 0.25)
    for index in 0..<37 {
      let d = gradient[index] + 0.25 * start[index]
      #expect(sgd.velocity[index] == d && values[index] == start[index] - 0.5 * d)
    }
  }

  @Test func `accumulating, then applying the velocity, is a step`() {
    let (a, b) = (SGD(count: 37), SGD(count: 37))
    let (left, right, gradient) = (Buffer(start), Buffer(start), Buffer(gradient))
    for _ in 0..<3 {
      a.accumulate(left, along: gradient, range: 0..<37, momentum: 0.9, weightDecay: 0.01)
      a.apply(a.velocity, to: left, learningRate: 0.1)
      b.step(right, along: gradient, learningRate: 0.1, momentum: 0.9, weightDecay: 0.01)
    }
    #expect(left.array != start)
    expectClose(left.array, right.array, relative: 2e-7)
  }
}
