import Configuration
import Datasets
import Networks
import Planning
import Tensors
import Worker

/// A modality's encoder with a real mini-batch, made as a run makes it, to be measured.
struct EncoderSubject {
  let modality: ModalityConfiguration
  let data: ModalityData
  let source: any SampleSource
  let configuration: RunConfiguration
  let place: Int
  let start: EncoderStart
  /// The samples of a mini-batch.
  let batchSize: Int

  /// Opens the data of the modality at `place` and fits its standardiser to the first of them.
  init(_ configuration: RunConfiguration, place: Int) throws {
    let assigned = configuration.modalities[place]
    data = try ModalityData.open(
      assigned.source, root: configuration.data.root, classes: configuration.classes,
      seed: configuration.seed, media: configuration.data.media)
    start = try EncoderStart(
      assigned, data: data, root: configuration.data.root, features: configuration.features)
    modality = start.modality
    var configuration = configuration
    configuration.modalities[place] = modality
    (self.configuration, self.place) = (configuration, place)
    batchSize = max(1, min(configuration.batchSize, data.train.ids.count))
    let standardiser = try Standardiser(
      modality.source.standardisation, fittedTo: data.train,
      on: Array(0..<min(data.train.ids.count, max(batchSize, Self.fitted))))
    source = data.standardised(with: standardiser).train
  }

  /// The samples that a standardiser is fitted to, at least: measuring needs no better one.
  private static let fitted = 64

  /// What the measurements belong to.
  var identity: [String: String] {
    [
      "encoder": modality.encoder.yaml, "sample": data.train.sampleShape.description,
      "products": configuration.execution.products.rawValue,
    ]
  }

  /// An encoder with drawn weights and all its gradients.
  func makeEncoder() throws -> Encoder {
    var generator = SeededGenerator(
      seed: configuration.seed, stream: "encoder/\(modality.name)")
    return try modality.encoder.withVocabulary(data.tokenCount).makeEncoder(
      inputShape: data.train.sampleShape, features: configuration.features, capacity: batchSize,
      training: modality.pretraining.training, generator: &generator)
  }

  /// What mini-batches are loaded with, without threads.
  func makeFeed() throws -> BatchFeed {
    let augmentation = try modality.augmentation(of: data)
    return try BatchFeed(of: source, loaders: 0) {
      try SampleMaker(
        source, augmentation: augmentation, seed: configuration.seed, name: modality.name)
    }
  }

  /// The rows of a mini-batch, one after the other, from the beginning again at the end.
  func rows(of batch: Int) -> [Int] {
    (0..<batchSize).map { (batch * batchSize + $0) % max(1, data.train.ids.count) }
  }
}
