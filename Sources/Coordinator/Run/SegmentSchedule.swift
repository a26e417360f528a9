import Configuration
import Exchange
import Storage

/// Which cycles come next, and what happens at their end.
///
/// A segment is about a second of training, so that a run can be ended, or a checkpoint be cut, soon
/// after somebody wishes it; it never goes over an epoch's end. Nothing that is computed depends on it.
struct SegmentSchedule {
  /// Where the next segment begins.
  private(set) var position: RunPosition
  /// When the last checkpoint was ordered.
  private var lastCheckpoint = ContinuousClock.now

  private let configuration: RunConfiguration
  private let cyclesPerEpoch: Int
  private let splits: (whileTraining: EvaluatedSplit?, atEnd: EvaluatedSplit?)
  private let fitsFusion: Bool
  /// Whether the model that is kept, or the run's end, follows from evaluations.
  private let chooses: Bool
  /// Whether training ends here, whatever epochs are left.
  private var isStopped = false
  /// Whether a checkpoint is due where an evaluation was ordered from which more may follow.
  private var isDueAfterEvaluation = false
  /// The number of epochs that are trained at most.
  private let lastEpoch: Int
  private var size = 1
  private var cyclesPerSecond = 0.0

  /// How long a segment shall take, in seconds.
  private static let secondsPerSegment = 1.0

  /// A schedule from a place in the run on.
  ///
  /// - Parameters:
  ///   - splits: what is evaluated at an epoch's end, and at the run's.
  ///   - fitsFusion: whether a fusion is fitted at the run's end.
  ///   - lastEpoch: the number of epochs after which it ends, if those are fewer than the configuration's.
  init(
    _ configuration: RunConfiguration, cyclesPerEpoch: Int, from position: RunPosition,
    splits: (whileTraining: EvaluatedSplit?, atEnd: EvaluatedSplit?), fitsFusion: Bool = false,
    lastEpoch: Int? = nil
  ) {
    self.lastEpoch = min(lastEpoch ?? configuration.epochs, configuration.epochs)
    self.configuration = configuration
    self.cyclesPerEpoch = cyclesPerEpoch
    self.position = position
    self.splits = splits
    self.fitsFusion = fitsFusion
    chooses = configuration.selection.isActive
  }

  /// Whether all is trained, as far as it is ordered.
  var isTrained: Bool { isStopped || position.epoch >= lastEpoch }

  /// Whether something may follow from a directive that nobody knows before it is over: then the next is ordered
  /// after it.
  func decides(_ directive: Directive) -> Bool {
    chooses && (directive.evaluate != nil || isTrained)
  }

  /// Takes what has followed from an evaluation at an epoch's end, or from those before a run was gone on with.
  ///
  /// - Parameters:
  ///   - keeps: whether the model as it is now is to be kept.
  ///   - isOver: whether training ends here.
  mutating func decided(keeps: Bool = false, isOver: Bool) {
    isStopped = isOver
    isDueAfterEvaluation = isDueAfterEvaluation || keeps
  }

  /// Notes how long some cycles took.
  mutating func note(cycles: Int, seconds: Double) {
    if seconds > 0, cycles > 0 { cyclesPerSecond = Double(cycles) / seconds }
  }

  /// The next segment.
  ///
  /// - Parameter canWrite: whether a checkpoint that is due by time could be written now.
  mutating func next(canWrite: Bool) -> Directive {
    if isDueAfterEvaluation {
      isDueAfterEvaluation = false
      return cut()
    }
    guard !isTrained else { return finish() }
    size = max(1, min(size * 2, Int(cyclesPerSecond * Self.secondsPerSegment)))
    var directive = Directive()
    directive.epoch = position.epoch
    let first = position.cycle
    directive.cycles = first..<min(first + size, cyclesPerEpoch, nextCut(after: first))
    let endsEpoch = directive.cycles.upperBound == cyclesPerEpoch
    position = directive.end(cyclesPerEpoch: cyclesPerEpoch)
    directive.isReported = endsEpoch
    if isTrained, !chooses {
      evaluateAtEnd(&directive)
    } else if isTrained || endsEpoch && position.epoch % configuration.evaluation.every == 0 {
      directive.evaluate = splits.whileTraining
    }
    guard isTrained || isDue(canWrite: canWrite) else { return directive }
    lastCheckpoint = .now
    if decides(directive) {
      isDueAfterEvaluation = true
    } else {
      directive.checkpoint = CheckpointFolder.name(at: position)
    }
    return directive
  }

  /// No cycle: a checkpoint at the end of an epoch.
  private mutating func cut() -> Directive {
    lastCheckpoint = .now
    var directive = Directive()
    directive.epoch = position.epoch - 1
    directive.cycles = cyclesPerEpoch..<cyclesPerEpoch
    directive.checkpoint = CheckpointFolder.name(at: position)
    directive.awaitsCheckpoint = isTrained
    return directive
  }

  /// The segment that ends the run here: no cycle, a checkpoint.
  func end() -> Directive {
    var directive = Directive()
    directive.epoch = position.epoch
    directive.cycles = position.cycle..<position.cycle
    directive.checkpoint = CheckpointFolder.name(at: position)
    directive.isLast = true
    return directive
  }

  /// The segment of a run whose cycles are all trained: only its end is missing.
  private func finish() -> Directive {
    var directive = Directive()
    directive.epoch = max(0, position.epoch - 1)
    directive.cycles = cyclesPerEpoch..<cyclesPerEpoch
    directive.isReported = true
    evaluateAtEnd(&directive)
    return directive
  }

  /// What is looked at once, when all is trained.
  private func evaluateAtEnd(_ directive: inout Directive) {
    directive.evaluate = splits.atEnd
    directive.validates = splits.atEnd == .test && splits.whileTraining == .validation
    directive.fitsFusion = fitsFusion
    directive.keepsLogits = configuration.evaluation.keepsLogits
    directive.isLast = true
  }

  /// The cycle of the epoch where a checkpoint is due by number, at the earliest.
  private func nextCut(after cycle: Int) -> Int {
    guard case .cycles(let every) = configuration.checkpoint.every else { return .max }
    let done = position.epoch * cyclesPerEpoch + cycle
    return cycle + every - done % every
  }

  /// Whether a checkpoint is due at `position`.
  private func isDue(canWrite: Bool) -> Bool {
    switch configuration.checkpoint.every {
    case .cycles(let every): (position.epoch * cyclesPerEpoch + position.cycle) % every == 0
    case .epochs(let every): position.cycle == 0 && position.epoch % every == 0
    case .seconds(let seconds):
      canWrite && lastCheckpoint.duration(to: .now) >= .seconds(seconds)
    }
  }
}
