import Datasets
import Measuring
import Networks
import Tensors

/// Samples drawn around one centre a class, held in memory; labels are the same for all modalities.
struct DrawnSource: SampleSource {
  let ids: [String]
  let labels: [Int]
  let sampleShape: Shape
  private let values: [Float]

  init(count: Int, shape: Shape, classCount: Int, modality: Int) {
    let width = shape.elementCount
    var labelled = SeededGenerator(seed: 0, stream: "labels")
    let labels = (0..<count).map { _ in labelled.integer(below: classCount) }
    var generator = SeededGenerator(seed: 0, stream: "samples/\(modality)")
    let centres = (0..<(classCount * width)).map { _ in generator.normal() * 0.2 }
    var values: [Float] = []
    values.reserveCapacity(count * width)
    for label in labels {
      for column in 0..<width {
        values.append(Float(centres[label * width + column] + generator.normal()))
      }
    }
    self.labels = labels
    self.values = values
    sampleShape = shape
    ids = (0..<count).map { String($0) }
  }

  func read(_ index: Int, into destination: inout MutableSpan<Float>) {
    let start = index * destination.count
    for place in destination.indices { destination[place] = values[start + place] }
  }
}

/// Stands in for an encoder: takes its time, without a core, and gives features that do not change.
final class TimedLayer: Layer {
  let outputShape: Shape
  private let features: Tensor
  private let forwardSeconds: Double
  private let backwardSeconds: Double

  init(
    features count: Int, capacity: Int, forward: Double, backward: Double,
    generator: inout SeededGenerator
  ) {
    outputShape = [count]
    features = Tensor(outputShape, capacity: capacity)
    for index in 0..<(capacity * count) {
      features.storage[index] = Float(max(0, generator.normal()))
    }
    (forwardSeconds, backwardSeconds) = (forward, backward)
  }

  func forward(_ input: Tensor, mode: Mode) -> Tensor {
    rest(seconds: forwardSeconds)
    features.count = input.count
    return features
  }

  func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    rest(seconds: backwardSeconds)
    return nil
  }
}
