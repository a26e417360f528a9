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
  private let rosters: Rosters
  private let place: GroupPlace
  private let endpoint: Endpoint
  private let parts: PartWriter
  private let plan: TrainingPlan
  /// Training as a whole, and what it has waited: what the learner does not know.
  private var phases = PhaseTimes()
  /// The epoch that was shuffled last.
  private var epoch: EpochPlan?

  init(
    _ configuration: RunConfiguration, modality: Int, place: GroupPlace, model: ModalityModel,
    rosters: Rosters, folder: RunFolder, endpoint: Endpoint
  ) {
    self.configuration = configuration
    self.modality = modality
    self.place = place
    self.model = model
    self.rosters = rosters
    self.endpoint = endpoint
    parts = PartWriter(folder, endpoint: endpoint)
    plan = TrainingPlan(configuration, roster: rosters.train)
  }

  /// Serves until the run is over.
  func serve() throws {
    var segment = 0
    var isLast = false
    while !isLast {
      let directive = try endpoint.receive(Directive(), number: segment, from: 0)
      guard directive.cycles.upperBound <= plan.cyclesPerEpoch else {
        throw ExchangeError.misfit(kind: .directive, number: segment)
      }
      try serve(directive, segment: segment)
      isLast = directive.isLast
      segment += 1
    }
  }

  private func serve(_ directive: Directive, segment: Int) throws {
    if !directive.cycles.isEmpty {
      let (began, waited) = (ContinuousClock.now, endpoint.waiting.seconds)
      try WorkerSession.refusing(over: endpoint, place) {
        try model.method.train(epochPlan(directive.epoch).part(directive.cycles))
      }
      phases.training += began.secondsAgo
      phases.waiting += endpoint.waiting.seconds - waited
    }
    Trace.place()
    parts.remove(directive.superseded)
    if !directive.checkpoint.isEmpty {
      let position = directive.end(cyclesPerEpoch: plan.cyclesPerEpoch)
      try Trace.span("checkpoint") {
        try parts.begin(model.snapshot(at: position), of: directive, segment)
      }
    }
    if let split = directive.evaluate {
      try Trace.span("evaluate") { try evaluate(split, epoch: directive.epoch) }
    }
    if directive.isReported { try report(directive) }
    try parts.tell(waiting: directive.isLast)
  }

  private func epochPlan(_ number: Int) -> EpochPlan {
    if let epoch, epoch.epoch == number { return epoch }
    let fresh = plan.epoch(number)
    epoch = fresh
    return fresh
  }

  private func evaluate(_ split: EvaluatedSplit, epoch: Int) throws {
    if configuration.method.headPlace == .coordinator {
      let head = EvaluatedHead(model.method.head.store.values)
      try endpoint.receive(head, number: epoch, from: 0)
    }
    try WorkerSession.refusing(over: endpoint, place) {
      // Piece by piece: the coordinator never waits longer than a piece takes.
      try model.evaluate(
        split, rosters: rosters, chunk: configuration.evaluation.batchSize
      ) { logits in
        try endpoint.send(EvaluatedLogits(logits), number: epoch, to: 0)
      }
    }
  }

  private func report(_ directive: Directive) throws {
    var report = WorkerReport()
    report.waiting = endpoint.waiting
    report.peakMemoryByteCount = ProcessMemory.peakByteCount
    report.skippedCount = model.skippedCount
    report.waitedForSamples = model.waitedForSamples
    report.phases = model.phases
    (report.phases.training, report.phases.waiting) = (phases.training, phases.waiting)
    if directive.isLast { report.weightsDigest = try model.weightsDigest() }
    // What has not left yet goes on in the next wait, where a coordinator that is busy with others
    // gives signs of life.
    try endpoint.send(report, number: directive.epoch, to: 0)
  }
}
