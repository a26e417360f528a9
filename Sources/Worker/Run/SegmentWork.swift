import Configuration
import Exchange
import MLA
import Storage
import Tensors

/// A worker's segments of a run, one after the other, as the coordinator's directives say.
final class SegmentWork {
  private let configuration: RunConfiguration
  private let modality: Int
  private let model: ModalityModel
  private let link: GroupLink
  private let parts: PartWriter
  private let runDirectory: String
  private let plan: TrainingPlan
  /// Who has which test samples.
  private let tested: Roster
  private var endpoint: Endpoint { link.endpoint }
  private var followers: Range<Int> { link.place.followers }
  private var clock = TrainingClock()
  /// The epoch that was shuffled last.
  private var epoch: EpochPlan?

  init(
    _ configuration: RunConfiguration, modality: Int, model: ModalityModel, rosters: Rosters,
    folder: RunFolder, link: GroupLink
  ) {
    self.configuration = configuration
    self.modality = modality
    self.model = model
    self.link = link
    runDirectory = folder.path
    parts = PartWriter(folder, endpoint: link.endpoint)
    tested = rosters.test
    plan = TrainingPlan(configuration, roster: rosters.train)
  }

  /// Serves until the run is over.
  func serve() throws {
    var segment = 0
    var isLast = false
    while !isLast {
      let directive = try endpoint.receive(Directive(), number: segment, from: 0)
      for rank in followers { try endpoint.send(directive, number: segment, to: rank) }
      guard directive.cycles.upperBound <= plan.cyclesPerEpoch else {
        throw ExchangeError.misfit(kind: .directive, number: segment)
      }
      try serve(directive, segment: segment)
      isLast = directive.isLast
      segment += 1
    }
  }

  private func serve(_ directive: Directive, segment: Int) throws {
    try refusing {
      guard !directive.cycles.isEmpty else { return }
      try clock.measure(endpoint) {
        try model.method.train(epochPlan(directive.epoch).part(directive.cycles))
        try model.settle()
      }
    }
    Trace.place()
    if !directive.restores.isEmpty {
      try refusing { try model.restore(from: "\(runDirectory)/\(directive.restores)") }
    }
    // An epoch that is over begins anew, in what a checkpoint remembers too.
    let notes = directive.isReported ? model.notes.finish() : []
    parts.remove(directive.superseded)
    if !directive.checkpoint.isEmpty {
      let position = directive.end(cyclesPerEpoch: plan.cyclesPerEpoch)
      try Trace.span("checkpoint") {
        let snapshot = try refusing { try model.snapshot(at: position) }
        try parts.begin(snapshot, of: directive, segment)
      }
    }
    if !directive.evaluations.isEmpty {
      try Trace.span("evaluate") { try evaluate(directive) }
    }
    if directive.isReported { try refusing { try report(directive, notes) } }
    try parts.tell(waiting: directive.isLast || directive.awaitsCheckpoint)
  }

  /// Runs `body`; what makes this rank stop, the coordinator and the others of its group hear.
  private func refusing<R>(_ body: () throws -> R) throws -> R {
    try WorkerSession.refusing(over: endpoint, link.place) {
      do { return try body() } catch {
        model.fail()
        throw error
      }
    }
  }

  /// The plan of an epoch. Where the order of turns is decided anew, the coordinator tells it as it makes
  /// its own.
  private func epochPlan(_ number: Int) throws -> EpochPlan {
    if let epoch, epoch.epoch == number { return epoch }
    var order: [Int]?
    if configuration.orderRule != nil {
      let told = try endpoint.receive(TurnOrder(), number: number, from: 0).places
      guard told.count == configuration.modalities.count else {
        throw ExchangeError.misfit(kind: .turnOrder, number: number)
      }
      order = told
    }
    let fresh = plan.epoch(number, order: order)
    epoch = fresh
    return fresh
  }

  private func evaluate(_ directive: Directive) throws {
    let epoch = directive.epoch
    if configuration.method.headPlace == .coordinator {
      let head = EvaluatedHead(model.method.head.store.values)
      try endpoint.receive(head, number: epoch, from: 0)
    }
    try refusing {
      try model.method.beginEvaluation(epoch)
      // Piece by piece: the coordinator never waits longer than a piece takes.
      func send(_ logits: EvaluatedLogits) throws {
        try endpoint.send(logits, number: epoch, to: 0)
      }
      for split in directive.evaluations {
        let sums = directive.keepsLogits && split == .test ? featureSums : nil
        try model.evaluate(split, epoch: epoch, adding: sums, send)
        if directive.fitsFusion, split == .validation, configuration.fusion.usesDetector {
          try model.evaluateShuffled(send)
        }
        guard let sums else { continue }
        try endpoint.send(sums.centres, number: epoch, to: 0)
        for kind in configuration.evaluation.spoilt { try model.evaluateSpoilt(kind, send) }
      }
    }
  }

  /// Where the features of the test samples will be added up; nil: the modality has none of them.
  private var featureSums: FeatureSums? {
    tested.samples(of: modality).isEmpty
      ? nil : FeatureSums(tested, modality: modality, width: configuration.features)
  }

  private func report(_ directive: Directive, _ notes: [MethodNote]) throws {
    var report = WorkerReport()
    report.waiting = endpoint.waiting
    report.peakMemoryByteCount = ProcessMemory.peakByteCount
    report.skippedCount = model.skippedCount
    report.waitedForSamples = model.waitedForSamples
    report.phases = clock.phases(with: model.phases)
    report.notes = notes
    if directive.isLast { report.weightsDigest = try model.weightsDigest() }
    report.followers = try followers.map {
      try endpoint.receive(WorkerReport(), number: directive.epoch, from: $0)
    }
    // What has not left yet goes on in the next wait, where a coordinator that is busy with others
    // gives signs of life.
    try endpoint.send(report, number: directive.epoch, to: 0)
  }
}
