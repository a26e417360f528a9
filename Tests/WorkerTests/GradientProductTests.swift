import Tensors
import TestSupport
import Testing

@testable import Worker

/// The weights of two gradients, by hand.
@Suite struct GradientProductTests {
  private func products(_ joint: [Float], _ own: [Float]) -> GradientProducts {
    GradientProducts(Buffer(joint), Buffer(own))
  }

  @Test func `products are sums over all values, however many`() {
    let found = products([1, 2, 3, 4, 5, 0, 0, 0, 6], [-2, 0, 1, 0.5, 3, 0, 0, 0, 1])
    #expect(found.joint == 91)
    #expect(found.mixed == 24)
    #expect(found.own == 15.25)
    let sum = found + found
    #expect(sum.mixed == 48)
    let square: Double = 4 * 91 - 4 * 24 + 15.25
    #expect(found.length(joint: 2, own: -1) == square.squareRoot())
  }

  @Test func `without conflict both count alike`() {
    let found = products([1, 0], [1, 3]).paretoWeights
    #expect(found.joint == 0.5)
    #expect(found.own == 0.5)
  }

  @Test func `in conflict the sum is the shortest between them`() {
    // Of (2, 0) and (-1, 1): k (2, 0) + (1 - k) (-1, 1) is shortest at k = 4 / 10.
    let found = products([2, 0], [-1, 1]).paretoWeights
    #expect(abs(found.joint - 0.4) < 1e-15)
    #expect(abs(found.own - 0.6) < 1e-15)
    // At a right angle k = |own|^2 / (|joint|^2 + |own|^2).
    let right = products([1, 0], [0, 2]).paretoWeights
    #expect(abs(right.joint - 0.8) < 1e-15)
  }

  @Test func `a gradient that is nothing takes no weight from the other`() {
    // Both products are 0 then: that of the first decides.
    #expect(products([0, 0], [1, 2]).paretoWeights.joint == 0.999)
    #expect(products([1, 2], [0, 0]).paretoWeights.joint == 0.001)
  }

  @Test func `the deviation is the unbiased one`() {
    let variance: Double = 38.0 / 3
    #expect(abs(Buffer<Float>([1, 2, 4, 9]).deviation - variance.squareRoot()) < 1e-12)
    #expect(Buffer<Float>([7]).deviation == 0)
    // Nine values: what lies behind the last must not count.
    #expect(abs(Buffer<Float>([3, 3, 3, 3, 3, 3, 3, 3, 12]).deviation - 3) < 1e-12)
  }
}
