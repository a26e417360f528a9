import Configuration
import Datasets
import Exchange
import MLA
import Storage
import Tensors

/// A worker's part of one run, from its data to its last report.
final class AssignedRun {
  private let work: Assignment.Work
  private let link: GroupLink
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
  private var group: ReplicaGroup?
  /// The run's folder as it is on this host at the start; nil: there is none.
  private let heldFolder: HeldFolder?

  /// Opens the data: everything about them that can be wrong is found here.
  init(_ work: Assignment.Work, endpoint: Endpoint, host: String) throws {
    self.work = work
    self.endpoint = endpoint
    self.host = host
    link = GroupLink(place: work.place, endpoint: endpoint)
    heldFolder = try? HeldFolder(work.runDirectory)
    var configuration = try work.begin(on: endpoint)
    try configuration.takeEffect(for: work.modality)
    let assigned = configuration.modalities[work.modality]
    link.introduce(assigned.name, host: host)
    // One rank looks at all files.
    let footing =
      work.place.isLeader ? nil : try endpoint.receive(Footing(), from: work.place.leader)
    configuration.data.media.leftOut = footing.map { Set($0.leftOut) }
    let origin = Self.origin(of: work)
    let saved = try footing?.weights ?? Self.vocabulary(of: assigned, in: origin)
    if origin?.capacity == nil {
      data = try ModalityData.open(
        assigned.source, root: configuration.data.root, classes: configuration.classes,
        seed: configuration.seed, media: configuration.data.media)
    } else {
      data = try ModalityData.openTest(
        assigned.source, root: configuration.data.root, classes: configuration.classes,
        seed: configuration.seed, media: configuration.data.media,
        saved: EncoderFile.tokeniser(in: saved, place: "modality \(assigned.name)"))
    }
    let start =
      if let footing {
        try EncoderStart(assigned, following: footing.weights)
      } else if let origin {
        try EncoderStart(assigned, savedIn: origin.folder)
      } else {
        try EncoderStart(
          assigned, data: data, root: configuration.data.root, features: configuration.features)
      }
    self.start = start
    for rank in work.place.isLeader ? work.place.followers : 0..<0 {
      try endpoint.send(
        Footing(
          weights: start.metadata.merging(saved) { $1 }, leftOut: data.leftOut.map(\.path)),
        to: rank)
    }
    modality = start.modality
    configuration.modalities[work.modality] = start.modality
    self.configuration = configuration
    memory = try configuration.workerMemory(
      of: work.modality, data: data, start: start, capacity: origin?.capacity)
    if let problem = memory.problem() { throw WorkerError.outOfMemory(problem) }
    // Of mini-batches that nobody trains on there is nothing to say.
    shardWarnings =
      origin?.capacity == nil
      ? try configuration.shardWarnings(of: work.modality, data: data) : []
  }

  /// Tells what there is, hears what all have, then trains and evaluates until the run is over.
  func takePart() throws {
    try endpoint.send(inventory(), to: 0)
    let rosters = try endpoint.receive(Rosters(), from: 0)
    guard fit(rosters) else { throw ExchangeError.misfit(kind: .roster, number: -1) }
    if work.place.isLeader { try lead(rosters) } else { try follow(rosters) }
  }

  /// Speaks for the modality.
  private func lead(_ rosters: Rosters) throws {
    let model = try model(for: rosters)
    try begin(Ready(parameterCount: model.parameterCount, notice: model.notice ?? ""))
    let folder = RunFolder(path: work.runDirectory, held: heldFolder)
    try SegmentWork(
      configuration, modality: work.modality, model: model, rosters: rosters, folder: folder,
      link: link
    ).serve()
  }

  /// Shares the mini-batches of a modality that another rank speaks for.
  private func follow(_ rosters: Rosters) throws {
    let replica = try refusing {
      try ModalityReplica(
        following: link, makeGroup(), configuration, modality: work.modality, data: data,
        rosters: rosters, origin: Self.origin(of: work))
    }
    start = nil
    try begin(Ready())
    try ReplicaSteps(
      configuration, modality: work.modality, replica: replica, roster: rosters.train, link: link
    ).serve()
  }

  /// Says that this rank stands.
  private func begin(_ ready: Ready) throws {
    try endpoint.send(ready, to: 0)
    endpoint.employers = (work.place.isLeader ? [0] : []) + work.place.others
    endpoint.restartWaiting()
    // A run that is only evaluated has nothing to keep when it shall end.
    if Self.origin(of: work)?.isResumed != false { endpoint.endGently() }
  }

  private func inventory() throws -> Inventory {
    let nothing = Inventory.Split(ids: [], labels: [])
    var inventory =
      work.place.isLeader
      ? modality.inventory(of: data, start: start, host: host)
      : Inventory(host: host, sampleShape: [1], train: nothing, test: nothing)
    inventory.warnings += shardWarnings
    inventory.sharedByteCount = memory.sharedByteCount
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
    return try refusing {
      try ModalityModel(
        configuration: configuration, modality: work.modality, data: data, rosters: rosters,
        link: link, group: makeGroup(), start: start, origin: Self.origin(of: work))
    }
  }

  /// The ranks that share the modality; nil: it is this one alone.
  private func makeGroup() throws -> ReplicaGroup? {
    if link.hasOthers { group = try ReplicaGroup(Array(work.place.ranks), endpoint: endpoint) }
    return group
  }

  /// Runs `body`; what makes this rank stop, the coordinator and the others of its group hear.
  private func refusing<R>(_ body: () throws -> R) throws -> R {
    try WorkerSession.refusing(over: endpoint, work.place) {
      do { return try body() } catch {
        group?.fail()
        throw error
      }
    }
  }

  private static func origin(of work: Assignment.Work) -> ModalityModel.Saved? {
    guard !work.weights.isEmpty else { return nil }
    return .init(
      folder: "\(work.runDirectory)/\(work.weights)", isResumed: work.isResumed,
      capacity: work.testCapacity > 0 ? work.testCapacity : nil)
  }

  /// What the file of a saved modality says of its texts' tokens, where only test samples are opened.
  private static func vocabulary(
    of modality: ModalityConfiguration, in origin: ModalityModel.Saved?
  ) throws -> [String: String] {
    guard let origin, origin.capacity != nil, case .text = modality.source else { return [:] }
    return EncoderFile.vocabulary(
      in: try TensorFile.metadata(
        path: "\(origin.folder)/\(ModelFiles.encoder(of: modality.name))"))
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
