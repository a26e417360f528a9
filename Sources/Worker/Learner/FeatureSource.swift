import Configuration
import Datasets
import Networks
import Tensors

/// What the frozen layers of an encoder make of samples, computed once: a source of its own, whose
/// samples begin behind those layers.
///
/// Each sample is the one that the layers would give at any time, bit for bit where the bits of a row do
/// not depend on the rows around it: always with portable products.
struct FeatureSource: SampleSource {
  let ids: [String]
  let labels: [Int]
  let hasWrittenIDs: Bool
  let sampleShape: Shape

  /// `[samples, sampleShape…]`; zeros for samples that nobody asks for.
  private let values: Buffer<Float>

  /// Computes `rows` of `source`, so many at a time.
  ///
  /// Throws where a sample cannot be read.
  init(
    _ source: any SampleSource, rows: [Int], of encoder: Encoder, capacity: Int, loaders: Int = 0
  ) throws {
    ids = source.ids
    labels = source.labels
    hasWrittenIDs = source.hasWrittenIDs
    sampleShape = Self.shape(of: encoder)
    let stride = sampleShape.elementCount
    values = Buffer(ids.count * stride)
    let input = Tensor(source.sampleShape, capacity: capacity, count: 0)
    let requests = BatchRequest.evaluating(rows, atMost: capacity)
    let feed = try BatchFeed(of: source, loaders: loaders, evaluating: requests)
    for request in requests {
      try feed.load(request, into: input)
      let features = encoder.forwardFrozen(input)
      for (place, row) in request.rows.enumerated() {
        values[row * stride..<(row + 1) * stride].update(from: features.buffer(of: place))
      }
    }
  }

  func read(_ index: Int, into destination: inout MutableSpan<Float>) {
    let stride = sampleShape.elementCount
    values[index * stride..<(index + 1) * stride].withSpan { values in
      for place in values.indices { destination[place] = values[place] }
    }
  }

  /// What the features of both splits take.
  static func memory(_ data: ModalityData, _ encoder: Encoder) -> [MemoryNeeds.Part] {
    [data.train, data.test].map {
      MemoryNeeds.Part(
        "the features of the samples", [$0.ids.count, shape(of: encoder).elementCount],
        "set cache_features to false")
    }
  }

  /// The shape of a sample of what the frozen layers give.
  private static func shape(of encoder: Encoder) -> Shape {
    encoder.layers[..<encoder.frozenLayerCount].last?.outputShape ?? encoder.inputShape
  }
}
