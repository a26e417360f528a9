import Configuration
import Datasets
import Exchange
import MLA
import Storage
import Tensors

/// A worker's part of one run, from its data to its last report.
final class AssignedRun {
  private let work: Assignment.Work
  private let endpoint: Endpoint
  private let configuration: RunConfiguration
  private let modality: ModalityConfiguration
  private let data: ModalityData
  private let host: String
  private let memory: MemoryNeeds
  /// What is odd about the shards of its mini-batches.
  private let shardWarnings: [String]
  /// What the encoder begins as; nil once it stands.
  private var start: EncoderStart?
  /// The run's folder as it is on this host at the start; nil: there is none.
  private let heldFolder: HeldFolder?

  /// Opens the data: everything about them that can be wrong is found here.
  init(_ work: Assignment.Work, endpoint: Endpoint, host: String) throws {
    self.work = work
    self.endpoint = endpoint
    self.host = host
    heldFolder = try? HeldFolder(work.runDirectory)
    var configuration = try work.begin(on: endpoint)
    guard configuration.modalities.indices.contains(work.modality) else {
      throw WorkerError.unknownModality(work.modality, of: configuration.modalities.count)
    }
    let assigned = configuration.modalities[work.modality]
    if let threads = configuration.execution.threads {
      Threads.count = threads
      try BLAS.reserve(threads: threads)
    }
    Products.current = configuration.execution.products
    endpoint.describe(endpoint.worldRank, as: "\(work.place.described(assigned.name)), host \(host)")
    data = try ModalityData.open(
      assigned.source, root: configuration.data.root, classes: configuration.classes,
      seed: configuration.seed, media: configuration.data.media)
    let start =
      if let folder = Self.origin(of: work)?.folder {
        try EncoderStart(assigned, savedIn: folder)
      } else {
        try EncoderStart(
          assigned, data: data, root: configuration.data.root, features: configuration.features)
      }
    self.start = start
    modality = start.modality
    configuration.modalities[work.modality] = start.modality
    self.configuration = configuration
    memory = try configuration.workerMemory(of: work.modality, data: data, start: start)
    if let problem = memory.problem() { throw WorkerError.outOfMemory(problem) }
    shardWarnings = try configuration.shardWarnings(of: work.modality, data: data)
  }

  /// Tells what there is, hears what all have, then trains and evaluates until the run is over.
  func takePart() throws {
    try endpoint.send(inventory(), to: 0)
    let rosters = try endpoint.receive(Rosters(), from: 0)
    guard fit(rosters) else { throw ExchangeError.misfit(kind: .roster, number: -1) }
    let model = try model(for: rosters)
    try endpoint.send(Ready(parameterCount: model.parameterCount), to: 0)
    endpoint.restartWaiting()
    // A run that is only evaluated has nothing to keep when it shall end.
    if Self.origin(of: work)?.isResumed != false { endpoint.endGently() }
    let folder = RunFolder(path: work.runDirectory, held: heldFolder)
    try SegmentWork(
      configuration, modality: work.modality, place: work.place, model: model, rosters: rosters,
      folder: folder, endpoint: endpoint
    ).serve()
  }

  private func inventory() throws -> Inventory {
    var inventory = modality.inventory(of: data, start: start, host: host)
    inventory.warnings += shardWarnings
    (inventory.neededByteCount, inventory.availableByteCount) = (
      memory.byteCount,
      endpoint.sharesProcess ? MachineMemory.byteCount : MachineMemory.hostByteCount
    )
    inventory.digest = try WorkerSession.refusing(over: endpoint, work.place) {
      let digest = try DataDigest.hex(of: data)
      return start?.digest(with: digest) ?? digest
    }
    return inventory
  }

  /// The model, once: the file that its encoder begins with is not kept.
  private func model(for rosters: Rosters) throws -> ModalityModel {
    defer { start = nil }
    return try WorkerSession.refusing(over: endpoint, work.place) {
      try ModalityModel(
        configuration: configuration, modality: work.modality, data: data, rosters: rosters,
        endpoint: endpoint, start: start, origin: Self.origin(of: work))
    }
  }

  private static func origin(of work: Assignment.Work) -> ModalityModel.Saved? {
    guard !work.weights.isEmpty else { return nil }
    return .init(folder: "\(work.runDirectory)/\(work.weights)", isResumed: work.isResumed)
  }

  /// Whether rosters speak of this configuration and of these data.
  private func fit(_ rosters: Rosters) -> Bool {
    let splits = [
      (rosters.train, data.train), (rosters.validation, data.train), (rosters.test, data.test),
    ]
    return splits.allSatisfy { roster, source in
      roster.modalityCount == configuration.modalities.count
        && roster.rows[work.modality].allSatisfy {
          Roster.absent <= $0 && $0 < source.ids.count
        }
    }
  }
}
