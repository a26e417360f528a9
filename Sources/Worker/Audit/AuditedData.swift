import Configuration
import Datasets
import Exchange
import Tensors

/// A worker's part of an audit: it opens its data as for a run, tells ids, labels and groups, and which
/// samples are alike. What is in them stays here.
struct AuditedData {
  private let work: Assignment.Work
  private let endpoint: Endpoint
  private let host: String
  private let modality: ModalityConfiguration
  private let media: MediaPolicy
  private let data: ModalityData

  /// Opens the data: everything about them that can be wrong is found here.
  init(_ work: Assignment.Work, endpoint: Endpoint, host: String) throws {
    (self.work, self.endpoint, self.host) = (work, endpoint, host)
    let configuration = try work.begin(on: endpoint)
    guard configuration.modalities.indices.contains(work.modality) else {
      throw WorkerError.unknownModality(work.modality, of: configuration.modalities.count)
    }
    modality = configuration.modalities[work.modality]
    media = configuration.data.media
    data = try ModalityData.open(
      modality.source, root: configuration.data.root, classes: configuration.classes,
      seed: configuration.seed, media: media)
  }

  /// Tells what there is, and what is alike.
  func takePart() throws {
    try endpoint.send(modality.inventory(of: data, start: nil, host: host), to: 0)
    let likeness = try WorkerSession.refusing(over: endpoint, work.place) {
      try Likeness(of: data, loaders: media.loaders)
    }
    try endpoint.send(likeness, to: 0)
  }
}
