import Configuration
import Datasets
import Exchange
import MLA
import Networks
import Tensors

/// The part of a rank that shares a modality and does not speak for it: its samples of every mini-batch, in
/// one loop for all methods.
///
/// Features go to the leader as soon as they are there. What becomes of the mini-batch comes back from it,
/// and then the backward pass begins, in which the ranks sum their gradients.
final class ReplicaSteps {
  private let configuration: RunConfiguration
  private let modality: Int
  private let replica: ModalityReplica
  private let link: GroupLink
  private let plan: TrainingPlan
  private let gradient: Tensor
  private let heads: [Head]
  private var epoch: EpochPlan?
  private var clock = TrainingClock()
  /// The number of the mini-batch since the ranks began.
  private var step = 0

  private var learner: ModalityLearner { replica.learner }
  private var endpoint: Endpoint { link.endpoint }
  private var leader: Int { link.place.leader }

  init(
    _ configuration: RunConfiguration, modality: Int, replica: ModalityReplica, roster: Roster,
    link: GroupLink
  ) {
    (self.configuration, self.modality, self.replica) = (configuration, modality, replica)
    self.link = link
    plan = TrainingPlan(configuration, roster: roster)
    gradient = Tensor(
      [configuration.features],
      capacity: replica.learner.network.shards.ownCapacity(replica.capacity))
    heads = (0..<configuration.method.evaluatedHeadCount).map { _ in
      Head(of: configuration.sentValues[modality], in: configuration)
    }
  }

  /// Serves until the run is over. What makes this rank stop, its leader and the coordinator hear.
  func serve() throws {
    try WorkerSession.refusing(over: endpoint, link.place) {
      do { try serveSegments() } catch {
        replica.fail()
        throw error
      }
    }
  }

  private func serveSegments() throws {
    var segment = 0
    var isLast = false
    while !isLast {
      let directive = try endpoint.receive(Directive(), number: segment, from: leader)
      guard directive.cycles.upperBound <= plan.cyclesPerEpoch else {
        throw ExchangeError.misfit(kind: .directive, number: segment)
      }
      try serve(directive)
      isLast = directive.isLast
      segment += 1
    }
  }

  private func serve(_ directive: Directive) throws {
    if !directive.cycles.isEmpty {
      try clock.measure(endpoint) {
        try train(epochPlan(directive.epoch).part(directive.cycles))
      }
    }
    Trace.place()
    if !directive.restores.isEmpty { try replica.spread() }
    if !directive.checkpoint.isEmpty { try replica.collect() }
    for split in directive.evaluations {
      try Trace.span("evaluate") {
        try replica.evaluate(split, epoch: directive.epoch, heads: heads) { logits in
          try endpoint.send(logits, number: directive.epoch, to: leader)
        }
      }
    }
    guard directive.isReported else { return }
    var report = WorkerReport()
    report.waiting = endpoint.waiting
    report.peakMemoryByteCount = ProcessMemory.peakByteCount
    report.waitedForSamples = learner.waitedSeconds
    report.phases = clock.phases(with: learner.phases)
    try endpoint.send(report, number: directive.epoch, to: leader)
  }

  private func epochPlan(_ number: Int) -> EpochPlan {
    if let epoch, epoch.epoch == number { return epoch }
    let fresh = plan.epoch(number)
    epoch = fresh
    return fresh
  }

  private func train(_ plan: EpochPlan) throws {
    for batch in plan.cycles {
      let rows = plan.rows(cycleInEpoch: batch, modality: modality)
      guard !rows.isEmpty else { continue }
      Trace.place(cycle: plan.epoch * plan.cycleCount + batch)
      try learner.load(rows, at: TrainingPlace(epoch: plan.epoch, batch: batch))
      let features = try learner.forwardOwn()
      let odd = features.held.isFinite ? nil : learner.oddInput
      try endpoint.send(
        ReplicaFeatures(features.held, oddInput: odd), number: step, to: leader)
      gradient.count = features.count
      try finishStep { part in
        learner.found(
          .gradient(of: part), epoch: plan.epoch, batch: batch, of: plan.cycleCount)
      }
      step += 1
    }
    // Others need this rank's part of the last sum, and nothing of it goes on in a wait for a message.
    try learner.settle()
  }

  /// Does what the leader says, until the next mini-batch is due.
  private func finishStep(found: (_ part: String) -> NonfiniteBatch) throws {
    var hasMore = true
    while hasMore {
      let word = try endpoint.receive(
        GroupWord(.next, gradient: gradient.held), number: step, from: leader)
      switch word.deed {
      case .step:
        if let part = try learner.backwardOwn(gradient, learningRate: word.learningRate) {
          throw found(part)
        }
        hasMore = configuration.inactiveEncoders == .zeroGrad
      case .drift: try learner.driftOwn(learningRate: word.learningRate)
      case .next: hasMore = false
      }
    }
  }
}
