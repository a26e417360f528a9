import Exchange
import MLA
import Methods
import Networks
import Tensors

/// What happened in one turn.
public struct TurnRecord {
  /// The turn.
  public let turn: Turn
  /// What was trained in it; no samples: the turn was skipped and changed nothing.
  public let totals: TrainingTotals
  /// The head as the turn left it, settled.
  public let head: SharedHead
}

/// The coordinator's side of alternating unimodal adaptation: it hands the head from turn to turn.
///
/// The critical path of a turn is: gradient in, projection, update, head out. Whatever else a turn
/// needs is done after the head has left, while the next modality computes.
public final class AlternatingService: CoordinatorMethod {
  private let head: SharedHead
  private var watch: HeadWatch?
  private let telemetry: HeadTelemetry?
  private let endpoint: Endpoint
  private let leaders: [Int]
  private let learningRate: (Turn) -> Double
  private let observe: (TurnRecord) throws -> Void

  /// Conducts turns with the ranks that speak for the modalities.
  ///
  /// - Parameters:
  ///   - learningRate: the head's learning rate in a turn.
  ///   - watchesHead: whether `finishEpoch` shall say how much of the gradients was let through.
  ///   - observe: called after each turn, when it delays nobody.
  public convenience init(
    head: SharedHead, endpoint: Endpoint, leaders: [Int],
    learningRate: @escaping (Turn) -> Double, watchesHead: Bool = false,
    observe: @escaping (TurnRecord) throws -> Void = { _ in }
  ) {
    self.init(
      head: head, endpoint: endpoint, leaders: leaders, learningRate: learningRate,
      watchesHead: watchesHead, telemetry: nil, observe: observe)
  }

  /// The same, with what measures how turns interfere.
  init(
    head: SharedHead, endpoint: Endpoint, leaders: [Int],
    learningRate: @escaping (Turn) -> Double, watchesHead: Bool, telemetry: HeadTelemetry?,
    observe: @escaping (TurnRecord) throws -> Void
  ) {
    self.telemetry = telemetry
    self.head = head
    self.endpoint = endpoint
    self.leaders = leaders
    self.learningRate = learningRate
    watch = watchesHead ? HeadWatch() : nil
    self.observe = observe
  }

  /// The head that goes from turn to turn.
  public var evaluatedHead: Buffer<Float>? { head.head.store.values }
  /// The head.
  public var weights: [NamedState] { head.head.state }
  /// The head with what moves and modifies it, and what was seen of it in this epoch.
  public var state: [NamedState] {
    var state = head.state
    if let watch {
      state.append(
        NamedState("watch", watch.ratios, isList: true) { self.watch?.ratios = $0 })
    }
    return state + (telemetry?.state.named(in: "telemetry.") ?? [])
  }

  /// Takes the projectors' memory.
  public func reserve(epochs: Int, turnsPerEpoch: Int) {
    head.projection?.reserve(
      epochs: epochs, turnsPerEpoch: turnsPerEpoch, projectsGradients: head.factors == nil)
  }

  /// The head as the epoch left it; begins to watch the next.
  public func finishEpoch() -> HeadState? {
    watch?.finish(head, interference: telemetry?.finishEpoch(head))
  }

  /// Serves the turns of a plan, one after the other.
  ///
  /// - Parameter totals: what each modality trained in the epoch so far.
  public func train(_ plan: EpochPlan, adding totals: inout [TrainingTotals]) throws {
    var last: (turn: Turn, totals: TrainingTotals)?
    let turns = plan.turns
    if let first = turns.first { telemetry?.begin(cycle: first.cycle, head) }
    for (place, turn) in turns.enumerated() {
      let isEmpty = plan.isEmpty(turn)
      let next = turns[(place + 1)...].first { !plan.isEmpty($0) }
      if !isEmpty { try sendHead(for: turn) }
      // Prepared by the P that the last turn has not taught yet, whenever they come.
      if !isEmpty, let last, head.canPrepare(turn, ahead: last.turn) { try prepare(turn) }
      if let last { try finish(last.turn, last.totals) }
      head.begin(turn)
      if !isEmpty {
        if let factors = head.factors, !factors.has(turn) {
          try work(for: next, until: turn)
          try prepare(turn)
        }
        try work(for: next, until: turn)
      }
      let trained = isEmpty ? TrainingTotals() : try receiveUpdate(of: turn)
      if let next, !isEmpty {
        // Waking takes longer than what the head needs still.
        endpoint.announce(to: leaders[next.modality])
      }
      totals[turn.modality] += trained
      // A worker that leaves its mini-batch out sends an update of no samples.
      if trained.samples > 0 {
        head.apply(turn, learningRate: learningRate(turn))
        guard head.stepIsFinite else { throw fault(of: "its step", in: turn) }
      } else {
        head.factors?.drop(turn)
      }
      last = (turn, trained)
    }
    if let last { try finish(last.turn, last.totals) }
  }

  private func fault(of part: String, in turn: Turn) -> CoordinatorError {
    .headNotFinite(part: part, turn: turn, sender: endpoint.name(of: leaders[turn.modality]))
  }

  private func sendHead(for turn: Turn) throws {
    Trace.place(turn: turn.index, cycle: turn.cycle)
    try endpoint.send(
      TurnHead(head.head.store.values), number: turn.index, to: leaders[turn.modality])
  }

  private func receiveUpdate(of turn: Turn) throws -> TrainingTotals {
    Trace.place(turn: turn.index, cycle: turn.cycle)
    let leader = leaders[turn.modality]
    guard let slot = head.factors?[turn] else {
      head.update = try endpoint.receive(head.update, number: turn.index, from: leader)
      return head.update.totals
    }
    let update = try endpoint.receive(
      LogitUpdate(slot.logitGradient), number: turn.index, from: leader)
    let count = update.totals.samples
    guard count == 0 || count == slot.features.count && count == slot.logitGradient.count else {
      throw ExchangeError.misfit(kind: LogitUpdate.kind, number: turn.index)
    }
    return update.totals
  }

  /// Does what later turns need, until the modality of `turn` has sent something or there is nothing to do: P
  /// learns, and the features of the next turn go through it as soon as they are there.
  private func work(for next: Turn?, until turn: Turn) throws {
    let leader = leaders[turn.modality]
    while !endpoint.hasMessage(from: leader) {
      if head.projection?.absorbPending(after: turn.modality) ?? false { continue }
      guard let factors = head.factors, let next, head.canPrepare(next, ahead: turn),
        !factors.has(next)
      else { return }
      let other = leaders[next.modality]
      if try endpoint.awaitMessage(fromAnyOf: [leader, other]) == other { try prepare(next) }
    }
  }

  /// Receives the features of a turn, where they come by themselves, and takes them through P.
  private func prepare(_ turn: Turn) throws {
    guard let factors = head.factors, !factors.has(turn) else { return }
    try endpoint.receive(
      TurnFeatures(factors[turn].features), number: turn.index, from: leaders[turn.modality])
    Trace.span("features through P") { head.prepare(turn) }
  }

  private func finish(_ turn: Turn, _ totals: TrainingTotals) throws {
    Trace.place(turn: turn.index, cycle: turn.cycle)
    Trace.span("settle") { head.settle() }
    guard head.projectorIsFinite else { throw fault(of: "its projector P", in: turn) }
    let record = TurnRecord(turn: turn, totals: totals, head: head)
    watch?.note(record)
    try telemetry?.note(record)
    try observe(record)
  }
}
