import Datasets
import Exchange
import MLA
import Networks
import Synchronization
import Tensors
import Worker

/// Samples in memory.
struct Samples: SampleSource {
  let values: [Float]
  let labels: [Int]
  let sampleShape: Shape
  var ids: [String] { labels.indices.map(String.init) }

  /// `count` samples of normal numbers, labelled in turn.
  init(count: Int, width: Int, classes: Int, stream: String) {
    var generator = SeededGenerator(seed: 5, stream: stream)
    values = (0..<count * width).map { _ in Float(generator.normal()) }
    labels = (0..<count).map { $0 % classes }
    sampleShape = [width]
  }

  func read(_ index: Int, into destination: inout MutableSpan<Float>) {
    for place in 0..<sampleShape.elementCount {
      destination[place] = values[index * sampleShape.elementCount + place]
    }
  }
}

/// One modality for a few steps: everything is drawn from `stream`, then moved by `nudge`.
struct Learner {
  static let classes = 3
  static let features = 4
  static let samples = 10

  let learner: ModalityLearner

  init(
    stream: String, width: Int = 5, options: OptimizerOptions = .still,
    nudge: (place: Int, by: Float)? = nil
  ) throws {
    var mlp = MLPOptions()
    mlp.hidden = [6]
    var generator = SeededGenerator(seed: 1, stream: "encoder/\(stream)")
    let encoder = try EncoderArchitecture.mlp(mlp).makeEncoder(
      inputShape: [width], features: Self.features, capacity: Self.samples, generator: &generator)
    if let nudge { encoder.store.values[nudge.place] += nudge.by }
    learner = ModalityLearner(
      encoder: encoder,
      source: Samples(
        count: Self.samples, width: width, classes: Self.classes, stream: "data/\(stream)"),
      classCount: Self.classes, capacity: Self.samples, options: options)
  }

  /// The encoder's weights.
  var weights: [Float] { learner.encoder.store.values.array }

  /// Every sample in one mini-batch, once for each modality that `rows` lists.
  static func plan(rows: [[Int]] = [Array(0..<samples)], epochs: Int = 1) -> TrainingPlan {
    let everywhere = (0..<Int32(samples)).map { $0 }
    return TrainingPlan(
      roster: Roster(
        sampleCount: samples, rows: [[Int32]](repeating: everywhere, count: rows.count)),
      sampling: .explicit([[[[Int]]]](repeating: [rows], count: epochs)), batchSize: samples,
      order: Array(rows.indices), seed: 0)
  }
}

extension OptimizerOptions {
  /// A step is exactly minus the gradient.
  static var still: OptimizerOptions {
    var options = OptimizerOptions()
    options.learningRate = 1
    options.momentum = 0
    options.weightDecay = 0
    return options
  }
}

/// Values that ranks of a one-process run leave for the test.
final class Box<Value: Sendable>: Sendable {
  private let storage: Mutex<Value>
  init(_ value: Value) { storage = Mutex(value) }
  var value: Value {
    get { storage.withLock { $0 } }
    set { storage.withLock { $0 = newValue } }
  }
}

/// Central differences of `loss` at every place, by `step` to both sides.
func differences(_ count: Int, step: Float = 2e-3, _ loss: (Int, Float) throws -> Double) rethrows
  -> [Double]
{
  try (0..<count).map { place in
    (try loss(place, step) - loss(place, -step)) / (2 * Double(step))
  }
}
