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
  /// The split that is looked at once more when the run's own evaluation is over, to keep its logits.
  private let second: EvaluatedSplit?
  private var size = 1
  private var cyclesPerSecond = 0.0

  /// How long a segment shall take, in seconds.
  private static let secondsPerSegment = 1.0

  /// A schedule from a place in the run on.
  ///
  /// - Parameters:
  ///   - splits: what is evaluated at an epoch's end, and at the run's.
  ///   - fitsFusion: whether a fusion is fitted at the run's end.
  init(
    _ configuration: RunConfiguration, cyclesPerEpoch: Int, from position: RunPosition,
    splits: (whileTraining: EvaluatedSplit?, atEnd: EvaluatedSplit?), fitsFusion: Bool = false
  ) {
    self.configuration = configuration
    self.cyclesPerEpoch = cyclesPerEpoch
    self.position = position
    self.splits = splits
    self.fitsFusion = fitsFusion
    // Who fits a fusion has the validation split anyway.
    second =
      configuration.evaluation.keepsLogits && !fitsFusion && splits.whileTraining != splits.atEnd
      ? splits.whileTraining : nil
  }

  /// Whether all epochs are trained, as far as they are ordered.
  var isTrained: Bool { position.epoch >= configuration.epochs }

  /// Notes how long some cycles took.
  mutating func note(cycles: Int, seconds: Double) {
    if seconds > 0, cycles > 0 { cyclesPerSecond = Double(cycles) / seconds }
  }

  /// The next segment.
  ///
  /// - Parameter canWrite: whether a checkpoint that is due by time could be written now.
  mutating func next(canWrite: Bool) -> Directive {
    guard !isTrained else { return end(evaluating: second, isLast: true) }
    size = max(1, min(size * 2, Int(cyclesPerSecond * Self.secondsPerSegment)))
    var directive = Directive()
    directive.epoch = position.epoch
    let first = position.cycle
    directive.cycles = first..<min(first + size, cyclesPerEpoch, nextCut(after: first))
    let endsEpoch = directive.cycles.upperBound == cyclesPerEpoch
    position = directive.end(cyclesPerEpoch: cyclesPerEpoch)
    directive.isLast = isTrained && second == nil
    directive.isReported = endsEpoch
    if isTrained {
      directive.evaluate = splits.atEnd
      directive.fitsFusion = fitsFusion
      directive.keepsLogits = configuration.evaluation.keepsLogits
    } else if endsEpoch, position.epoch % configuration.evaluation.every == 0 {
      directive.evaluate = splits.whileTraining
    }
    if isTrained || isDue(canWrite: canWrite) {
      directive.checkpoint = CheckpointFolder.name(at: position)
      lastCheckpoint = .now
    }
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
  func finish() -> Directive { end(evaluating: splits.atEnd, isLast: second == nil) }

  /// No cycle, when all are trained: an evaluation.
  private func end(evaluating split: EvaluatedSplit?, isLast: Bool) -> Directive {
    var directive = Directive()
    directive.epoch = configuration.epochs - 1
    directive.cycles = cyclesPerEpoch..<cyclesPerEpoch
    directive.evaluate = split
    directive.fitsFusion = fitsFusion && split == splits.atEnd
    directive.keepsLogits = configuration.evaluation.keepsLogits
    directive.isReported = true
    directive.isLast = isLast
    return directive
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
