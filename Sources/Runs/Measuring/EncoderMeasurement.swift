import Networks
import Planning
import Tensors

/// Times the passes of an encoder over a part of a mini-batch.
final class EncoderMeasurement {
  private let encoder: Encoder
  private let input: Tensor
  private let gradient: Tensor
  /// Whether frozen layers have seen every sample once before.
  private let seesFeatures: Bool

  /// An encoder with its mini-batch.
  init(_ encoder: Encoder, input: Tensor, seesFeatures: Bool) {
    (self.encoder, self.input, self.seesFeatures) = (encoder, input, seesFeatures)
    gradient = Tensor([encoder.featureCount], capacity: input.capacity)
    var generator = SeededGenerator(seed: 1, stream: "profile")
    gradient.held.update(
      from: (0..<gradient.elementCount).map { _ in Float(generator.normal()) * 1e-3 })
  }

  /// The layers with parameters that move, the last first.
  var buckets: [ModalityProfile.Bucket] {
    places.map {
      .init(
        encoder.layerNames[$0],
        byteCount: encoder.store.layerRanges[$0].count * MemoryLayout<Float>.stride)
    }
  }

  private var places: [Int] {
    (encoder.frozenLayerCount..<encoder.layers.count).reversed().filter {
      !encoder.store.layerRanges[$0].isEmpty
    }
  }

  /// The channels of each batch norm that moves.
  var norms: [Int] {
    encoder.layers[encoder.frozenLayerCount...].flatMap(\.states)
      .filter { $0.name.hasSuffix("running_mean") }.map(\.values.sampleShape.elementCount)
  }

  /// Both passes with `samples` samples.
  func pass(_ samples: Int) throws -> ModalityProfile.Pass {
    (input.count, gradient.count) = (samples, samples)
    let moving = seesFeatures ? encoder.forwardFrozen(input) : input
    var (forward, backward, processor): ([Double], [Double], [Double]) = ([], [], [])
    var ready: [[Double]] = []
    func step() throws {
      try LongWork.step()
      let processorBegan = Stopwatch.processor
      let began = Stopwatch.now
      _ =
        seesFeatures
        ? encoder.forwardMoving(moving, mode: .training)
        : encoder.forward(moving, mode: .training)
      let turned = Stopwatch.now
      var times: [Double] = []
      encoder.backward(gradient) { _ in times.append(Stopwatch.now - turned) }
      backward.append(Stopwatch.now - turned)
      forward.append(turned - began)
      processor.append(Stopwatch.processor - processorBegan)
      ready.append(times)
    }
    for _ in 0..<Stopwatch.warmUps { try step() }
    (forward, backward, processor, ready) = ([], [], [], [])
    try Stopwatch.repeating(step)
    let places = ready.first?.indices ?? 0..<0
    return .init(
      samples: samples, forward: Measurement(forward), backward: Measurement(backward),
      processor: Measurement(processor).median,
      ready: places.map { place in Measurement(ready.map { $0[place] }).median })
  }
}
