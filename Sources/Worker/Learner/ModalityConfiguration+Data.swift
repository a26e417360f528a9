import Configuration
import Datasets
import Exchange
import Networks
import Tensors

extension ModalityConfiguration {
  /// What a worker tells of its `data` before training: ids and labels, and what is odd about them.
  /// A dry run asks for the same.
  ///
  /// - Parameter start: what the encoder begins as; nil: it is drawn.
  public func inventory(
    of data: ModalityData, start: EncoderStart?, host: String
  ) -> Inventory {
    func split(_ source: any SampleSource) -> Inventory.Split {
      Inventory.Split(
        ids: source.ids, labels: source.labels.map(Int32.init),
        hasWrittenIDs: source.hasWrittenIDs, groups: source.groups)
    }
    let seesPictures = encoder.takesPictures || augmentation.needsPictures
    let layout = seesPictures ? data.train.sampleShape.channelsFirstHint : nil
    var inventory = Inventory(
      host: host, sampleShape: data.train.sampleShape.dimensions, train: split(data.train),
      test: split(data.test),
      warnings: data.warnings + [layout].compactMap(\.self) + (start?.warnings ?? []),
      leftOut: data.leftOut,
      notes: [start?.note].compactMap(\.self))
    inventory.encoder = encoder.withVocabulary(data.tokenCount).yaml
    inventory.tokenCount = data.tokenCount ?? 0
    return inventory
  }

  /// What changes the training samples at random; nil where nothing does. Throws where `data` are
  /// not of the kind that is asked for.
  public func augmentation(of data: ModalityData) throws -> Augmentation? {
    guard augmentation != AugmentationOptions() else { return nil }
    return try Augmentation(
      augmentation, sampleShape: data.train.sampleShape, isText: data.tokeniser != nil,
      unknown: data.tokeniser?.unknown ?? Vocabulary.unknown, ends: data.tokeniser?.ends ?? [])
  }
}
