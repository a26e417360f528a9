import Tensors
import Testing

@testable import Networks

/// The encoder that takes time: what it computes, and that it takes as long as it should.
@Suite struct StandInTests {
  private static func encoder(milliseconds: Double, features: Int) throws -> Encoder {
    var options = StandInOptions()
    options.sampleMilliseconds = milliseconds
    return try EncoderArchitecture.standIn(options).makeEncoder(
      inputShape: [2], features: features, capacity: 4)
  }

  private static var batch: Tensor {
    let batch = Tensor([2], capacity: 4, count: 3)
    for place in 0..<6 { batch.storage[place] = Float(place + 1) }
    return batch
  }

  @Test func `features are the sample's numbers, over and over, plus the bias`() throws {
    let encoder = try Self.encoder(milliseconds: 0, features: 3)
    for place in 0..<3 { encoder.store.values[place] = Float(10 * place) }
    #expect(
      encoder.forward(Self.batch, mode: .training).array == [1, 12, 21, 3, 14, 23, 5, 16, 25])
  }

  @Test func `the bias's gradient is the sum over the samples`() throws {
    let encoder = try Self.encoder(milliseconds: 0, features: 3)
    _ = encoder.forward(Self.batch, mode: .training)
    let gradient = Tensor([3], capacity: 4, count: 3)
    for place in 0..<9 { gradient.storage[place] = Float(place) }
    encoder.backward(gradient)
    #expect(encoder.store.gradients.array == [9, 12, 15])
  }

  @Test func `the input's gradient adds up what each number was used for`() throws {
    let layer = StandInLayer(inputShape: [2], outputCount: 3, capacity: 4, seconds: 0)
    let encoder = Encoder(inputShape: [2], layers: [("rest", layer)])
    _ = encoder.forward(Self.batch, mode: .training)
    let gradient = Tensor([3], capacity: 4, count: 2)
    for place in 0..<6 { gradient.storage[place] = Float(1 << place) }
    #expect(layer.backward(gradient, wantsInputGradient: true)?.array == [5, 2, 40, 16])
  }

  @Test func `time is taken for each sample, two fifths forward and three backward`() throws {
    let encoder = try Self.encoder(milliseconds: 10, features: 2)
    let clock = ContinuousClock()
    let forward = clock.measure { _ = encoder.forward(Self.batch, mode: .training) }
    let gradient = Tensor([2], capacity: 4, count: 3)
    let backward = clock.measure { encoder.backward(gradient) }
    // However busy the machine is, a rest is not shorter than it should be.
    #expect(forward >= .milliseconds(12) && backward >= .milliseconds(18))
  }

  @Test func `a rest looks up from time to time`() {
    var looks = 0
    LongWork.run(lookingUp: { looks += 1 }) { LongWork.rest(seconds: 0.025) }
    #expect(looks == 3)
  }
}
