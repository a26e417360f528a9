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
  /// The run's folder as it is on this host at the start; nil: there is none.
  private let heldFolder: HeldFolder?

  /// Opens the data: everything about them that can be wrong is found here.
  init(_ work: Assignment.Work, endpoint: Endpoint, host: String) throws {
    self.work = work
    self.endpoint = endpoint
    self.host = host
    heldFolder = try? HeldFolder(work.runDirectory)
    configuration = try RunConfiguration.parse(
      work.configuration, file: "the coordinator's configuration", baseDirectory: nil,
      overrides: [])
    guard configuration.modalities.indices.contains(work.modality) else {
      throw WorkerError.unknownModality(work.modality, of: configuration.modalities.count)
    }
    modality = configuration.modalities[work.modality]
    if let threads = configuration.execution.threads {
      Threads.count = threads
      try BLAS.reserve(threads: threads)
    }
    Products.current = configuration.execution.products
    endpoint.know(configuration.method.messageKinds)
    endpoint.deadline = .seconds(configuration.execution.deadlineSeconds)
    endpoint.describe(0, as: work.coordinator)
    endpoint.describe(endpoint.worldRank, as: "modality \(modality.name), host \(host)")
    data = try ModalityData.open(
      modality.source, root: configuration.data.root, classes: configuration.classes,
      seed: configuration.seed)
    memory = try configuration.workerMemory(of: work.modality, data: data)
    if let problem = memory.problem() { throw WorkerError.outOfMemory(problem) }
  }

  /// Tells what there is, hears what all have, then trains and evaluates until the run is over.
  func takePart() throws {
    var inventory = modality.inventory(of: data, host: host)
    (inventory.neededByteCount, inventory.availableByteCount) = (
      memory.byteCount, MachineMemory.byteCount
    )
    try endpoint.send(inventory, to: 0)
    let rosters = try endpoint.receive(Rosters(), from: 0)
    guard fit(rosters) else { throw ExchangeError.misfit(kind: .roster, number: -1) }
    let model = try WorkerSession.refusing(over: endpoint) {
      try ModalityModel(
        configuration: configuration, modality: work.modality, data: data, rosters: rosters,
        endpoint: endpoint,
        weights: work.weights.isEmpty ? nil : "\(work.runDirectory)/\(work.weights)")
    }
    try endpoint.send(Ready(parameterCount: model.parameterCount), to: 0)

    let plan = TrainingPlan(configuration, roster: rosters.train)
    // A run that starts from saved weights has nothing to learn: it is only evaluated.
    endpoint.restartWaiting()
    var epoch = work.weights.isEmpty ? 0 : configuration.epochs
    var isLast = false
    while !isLast {
      if epoch < configuration.epochs {
        try WorkerSession.refusing(over: endpoint) {
          try model.method.train(plan.epoch(epoch))
        }
      }
      isLast = try finish(epoch, of: model, rosters: rosters)
      epoch += 1
    }
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

  private func finish(
    _ epoch: Int, of model: ModalityModel, rosters: Rosters
  ) throws -> Bool {
    var report = WorkerReport()
    let directive = try endpoint.receive(Directive(), number: epoch, from: 0)
    if let split = directive.evaluate {
      if configuration.method.headPlace == .coordinator {
        let head = EvaluatedHead(model.method.head.store.values)
        try endpoint.receive(head, number: epoch, from: 0)
      }
      try WorkerSession.refusing(over: endpoint) {
        // Piece by piece: the coordinator never waits longer than a piece takes.
        try model.evaluate(
          split, rosters: rosters, chunk: configuration.evaluation.batchSize
        ) { logits in
          try endpoint.send(EvaluatedLogits(logits), number: epoch, to: 0)
        }
      }
    }
    if !directive.saveTo.isEmpty {
      do {
        // Where the folder is on another host's disk only, this host has one of its own.
        if heldFolder == nil { try ModelFiles.createFolder(work.runDirectory) }
        try ModelFiles.createFolder(
          directive.saveTo, belowRun: work.runDirectory, held: heldFolder)
        try model.save(to: "\(work.runDirectory)/\(directive.saveTo)", epochs: epoch + 1)
      } catch let error where !(error is ExchangeError) {
        report.saveProblem = String(describing: error)
      }
    }
    report.waiting = endpoint.waiting
    report.peakMemoryByteCount = ProcessMemory.peakByteCount
    if directive.isLast { report.weightsDigest = try model.weightsDigest() }
    try endpoint.send(report, number: epoch, to: 0)
    // What has not left yet goes on in the next wait, where a coordinator that is busy with others
    // gives signs of life.
    return directive.isLast
  }
}
