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
  public init(
    head: SharedHead, endpoint: Endpoint, leaders: [Int],
    learningRate: @escaping (Turn) -> Double, watchesHead: Bool = false,
    observe: @escaping (TurnRecord) throws -> Void = { _ in }
  ) {
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
    return state
  }

  /// Takes the projectors' memory.
  public func reserve(epochs: Int, turnsPerEpoch: Int) {
    head.projection?.reserve(epochs: epochs, turnsPerEpoch: turnsPerEpoch)
  }

  /// The head as the epoch left it; begins to watch the next.
  public func finishEpoch() -> HeadState? { watch?.finish(head) }

  /// Serves the turns of a plan, one after the other.
  ///
  /// - Parameter totals: what each modality trained in the epoch so far.
  public func train(_ plan: EpochPlan, adding totals: inout [TrainingTotals]) throws {
    var last: (turn: Turn, totals: TrainingTotals)?
    for turn in plan.turns {
      let isEmpty = plan.isEmpty(turn)
      if !isEmpty { try sendHead(for: turn) }
      if let last { try finish(last.turn, last.totals) }
      head.begin(turn)
      let trained = isEmpty ? TrainingTotals() : try receiveUpdate(of: turn)
      totals[turn.modality] += trained
      // A worker that leaves its mini-batch out sends an update of no samples.
      if trained.samples > 0 {
        head.apply(turn, learningRate: learningRate(turn))
        guard head.stepIsFinite else { throw fault(of: "its step", in: turn) }
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
    head.update = try endpoint.receive(
      head.update, number: turn.index, from: leaders[turn.modality])
    return head.update.totals
  }

  private func finish(_ turn: Turn, _ totals: TrainingTotals) throws {
    Trace.place(turn: turn.index, cycle: turn.cycle)
    Trace.span("settle") { head.settle() }
    guard head.projectorIsFinite else { throw fault(of: "its projector P", in: turn) }
    let record = TurnRecord(turn: turn, totals: totals, head: head)
    watch?.note(record)
    try observe(record)
  }
}

extension AlternatingAdaptation: CoordinatorSide {
  /// A fresh head, drawn from the run's seed, and its turns.
  public func coordinator(of run: CoordinatorRank) -> any CoordinatorMethod {
    let configuration = run.configuration
    let optimizer = configuration.scheduled(configuration.optimizer)
    let scale = configuration.headLearningRateScale
    var generator = SeededGenerator(seed: configuration.seed, stream: "head")
    let head = Head(
      classCount: configuration.classes.count, featureCount: configuration.features,
      generator: &generator)
    let shared = SharedHead(
      head, modalityCount: configuration.modalities.count, options: configuration.hgm,
      optimizer: optimizer)
    return AlternatingService(
      head: shared, endpoint: run.endpoint, leaders: run.leaders,
      learningRate: { turn in
        scale
          * optimizer.learningRate(
            epoch: turn.epoch, batch: turn.cycleInEpoch, of: turn.cyclesPerEpoch)
      },
      watchesHead: true, observe: { try run.turnEnded($0.turn, $0.totals) })
  }
}
